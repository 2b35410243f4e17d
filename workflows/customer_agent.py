"""The permanent agent of one customer: a workflow that never ends.

Its id `agent/{company}/{phone}` says whose it is. A client in any language starts it with signal-with-start: workflow
type `CustomerAgent`, task queue `agents`, no argument, signal `receive` with an `Inbound` as plain JSON.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError

from domain.delivery import Delivery
from domain.errors import InvalidInput
from domain.identity import parse_agent_id
from domain.messages import MAX_INBOUND_TEXT, Inbound, Received, Role, fingerprint
from domain.phrases import phrase
from domain.policy.burst import settles_at
from domain.state import KNOWN_IDS, AgentState, Mode, Outgoing, Status
from domain.work import AgentRef, AgentSnapshot, Consent, Outcome, Release, Reply, Takeover
from workflows.delivery import deliver, note_said
from workflows.details import describe
from workflows.intake import set_consent, take_in
from workflows.interfaces import Directory, Memory
from workflows.options import HISTORY_FULL, HISTORY_QUIET, OPEN, STORE
from workflows.session import Session
from workflows.turn import take_turn


@workflow.defn
class CustomerAgent:
    """One customer's agent. Handlers only take note; the loop in `run` is the single place that acts."""

    @workflow.init
    def __init__(self, carried: AgentState | None = None) -> None:
        # Signals are delivered before `run` begins: what they write to must exist by now.
        try:
            company, phone = parse_agent_id(workflow.info().workflow_id)
        except InvalidInput as error:
            raise ApplicationError(f"not an agent's id: {error}", type="NotAnAgent", non_retryable=True) from error
        self._state = carried or AgentState()
        self._session = Session(AgentRef(company=company, phone=phone), self._state)
        self._deliveries: dict[int, Delivery] = {}
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None

    @workflow.run
    async def run(self, carried: AgentState | None = None) -> None:
        """Lives step by step; before history grows long, a fresh run gets the state, pending messages included."""
        while not (self._history_is_long() and workflow.all_handlers_finished()):
            try:
                await self._step()
            except ActivityError as error:
                # The agent outlives whatever a step could not do.
                self._session.event("step_failed", str(error.cause or error))
                await workflow.sleep(timedelta(seconds=5), summary="pause after a failed step")
            workflow.set_current_details(describe(self._session))
        workflow.continue_as_new(self._state)

    @workflow.signal(dynamic=True)
    def receive(self, name: str, args: Sequence[RawValue]) -> None:
        """A customer's message (signal `receive`, an `Inbound`). Whatever does not fit is kept for the operators."""
        try:
            if name != "receive" or len(args) != 1:
                raise ValueError(f"signal {name!r} with {len(args)} argument(s); send `receive` with one")
            self._take_note(workflow.payload_converter().from_payload(args[0].payload, Inbound))
        except Exception as error:  # whatever a stranger sends must not stop the agent
            raw = args[0].payload.data[:1000].decode(errors="replace") if args else ""
            self._session.event("unreadable_signal", f"{type(error).__name__}: {str(error)[:500]}\n{raw}")

    def _take_note(self, message: Inbound) -> None:
        state = self._state
        text = message.text.strip()[:MAX_INBOUND_TEXT]
        if message.kind == "text" and not text:
            return
        mark = fingerprint(message.id)
        if mark in state.known:
            return
        state.known = [*state.known, mark][-KNOWN_IDS:]
        state.sequence += 1
        message = message.model_copy(update={"text": text or f"[{message.kind}]"})
        state.inbox.append(Received(sequence=state.sequence, received_at=workflow.now(), message=message))

    @workflow.update
    def takeover(self, request: Takeover) -> AgentSnapshot:
        """A human takes the conversation; nothing of the agent goes out from this moment."""
        self._take_over(request.by, request.reason)
        return self.snapshot()

    @takeover.validator
    def _may_take_over(self, request: Takeover) -> None:
        _expect(request, Takeover)
        if self._state.mode is Mode.OPERATOR and self._state.handed_off is None:
            raise ApplicationError("a human already has this conversation", type="Refused")

    @workflow.update
    async def release(self, request: Release) -> AgentSnapshot:
        """The agent has the conversation again and answers what is still unanswered."""
        await workflow.wait_condition(lambda: self._state.opened)
        self._state.mode = Mode.AGENT
        self._state.handed_off = None
        self._state.instruction = request.instruction or None
        self._session.event("released", request.instruction, request.by)
        return self.snapshot()

    @release.validator
    def _may_release(self, request: Release) -> None:
        _expect(request, Release)
        if self._state.opened and self._state.mode is Mode.AGENT:
            raise ApplicationError("the agent already has this conversation", type="Refused")

    @workflow.update
    async def reply(self, request: Reply) -> Delivery:
        """Sends a human's (or an API client's) text through this agent, so that it is remembered."""
        if request.takes_over and (self._state.mode is Mode.AGENT or self._state.handed_off):
            self._take_over(request.by, "replied")
        self._state.event_number += 1
        number = self._state.event_number
        outgoing = Outgoing(number=number, text=request.text, author=request.by, operator=request.takes_over)
        self._state.outbox.append(outgoing)
        await workflow.wait_condition(lambda: number in self._deliveries)
        return self._deliveries.pop(number)

    @reply.validator
    def _may_reply(self, request: Reply) -> None:
        _expect(request, Reply)
        if not request.text.strip():
            raise ApplicationError("the text is empty", type="Refused")

    @workflow.update
    async def opt_out(self, request: Consent) -> AgentSnapshot:
        """The customer is not written to on our own initiative any more."""
        return await self._consent(request, opted_in=False)

    @opt_out.validator
    def _may_opt_out(self, request: Consent) -> None:
        _expect(request, Consent)

    @workflow.update
    async def opt_in(self, request: Consent) -> AgentSnapshot:
        """The customer may be written to again."""
        return await self._consent(request, opted_in=True)

    @opt_in.validator
    def _may_opt_in(self, request: Consent) -> None:
        _expect(request, Consent)

    @workflow.query
    def snapshot(self) -> AgentSnapshot:
        """What the agent is, does and waits for."""
        state, session = self._state, self._session
        return AgentSnapshot(
            company=session.ref.company,
            phone=session.ref.phone,
            customer_id=state.customer_id,
            name=state.name,
            stage=state.stage,
            status=state.status,
            mode=state.mode,
            opted_out=state.opted_out,
            handed_off=state.handed_off,
            waits_for=session.waits_for,
            waits_until=session.waits_until,
            messages=state.sequence,
            turn=state.turn,
            unanswered=len(state.unanswered) + len(state.inbox),
            last_interaction=state.last_interaction,
            thinking_retries=state.trouble.tries,
            history_length=workflow.info().get_current_history_length(),
        )

    async def _consent(self, request: Consent, *, opted_in: bool) -> AgentSnapshot:
        # Whether anything changes is known once the databases have been asked.
        await workflow.wait_condition(lambda: self._state.opened)
        set_consent(self._session, opted_in=opted_in, by=request.by, confirm=request.confirm)
        return self.snapshot()

    def _take_over(self, by: str, reason: str) -> None:
        self._state.mode = Mode.OPERATOR
        self._state.handed_off = None
        self._session.event("taken_over", reason, by)

    async def _step(self) -> None:
        """The next thing there is to do, the most urgent first."""
        state = self._state
        if not state.opened:
            await self._open()
        elif state.inbox:
            await take_in(self._session)
        elif state.confirm_consent is not None:
            await self._confirm_consent(state.confirm_consent)
        elif state.outbox:
            await self._post(state.outbox[0])
        elif state.unanswered and state.mode is Mode.AGENT:
            await self._answer()
        else:
            await self._rest()

    async def _open(self) -> None:
        record = await workflow.execute_activity_method(Directory.open_agent, self._session.ref, **OPEN)
        state = self._state
        # Messages that came before the databases were asked were numbered from 1: put them after the known ones.
        state.inbox = [r.model_copy(update={"sequence": r.sequence + record.sequence}) for r in state.inbox]
        state.sequence += record.sequence
        state.turn += record.turn
        state.event_number += record.event_number
        state.events = [e.model_copy(update={"number": e.number + record.event_number}) for e in state.events]
        state.customer_id, state.brief = record.customer_id, record.brief
        state.name, state.stage = state.name or record.name, record.stage
        state.mode = Mode.OPERATOR if Mode.OPERATOR in (state.mode, record.mode) else Mode.AGENT
        state.opted_out = record.opted_out
        state.opened = True

    async def _answer(self) -> None:
        state = self._state
        due = settles_at(state.unanswered, state.brief.pacing)
        if state.trouble.retry_at:
            due = max(due, state.trouble.retry_at)
        if workflow.now() >= due:
            await take_turn(self._session)
            return
        why = "another try at thinking" if state.trouble.retry_at else "the customer to finish writing"
        await self._session.hold(due, why, lambda: self._session.disturbed or bool(state.inbox))

    async def _post(self, outgoing: Outgoing) -> None:
        state = self._state
        state.turn += 1
        delivery = await deliver(self._session, 1, outgoing.text, lambda: self._session.stop_pending)
        if delivery.reached_provider:
            role = Role.OPERATOR if outgoing.operator else Role.AGENT
            said = note_said(self._session, delivery.bubble, outgoing.text, role, outgoing.author)
            if outgoing.operator:
                state.unanswered = []
            outcome = Outcome(agent=self._session.ref, turn=state.turn, said=[said])
            await workflow.execute_local_activity_method(Memory.record, outcome, **STORE)
        state.outbox = [other for other in state.outbox if other.number != outgoing.number]
        self._deliveries[outgoing.number] = delivery

    async def _confirm_consent(self, opted_in: bool) -> None:
        state = self._state
        state.turn += 1
        text = phrase("opted_in" if opted_in else "opted_out", state.brief.language)
        delivery = await deliver(self._session, 1, text, lambda: False)
        state.confirm_consent = None
        if not delivery.reached_provider:
            self._session.event("confirmation_failed", f"{delivery.failure}: {delivery.detail}")
            return
        said = note_said(self._session, delivery.bubble, text, Role.AGENT)
        outcome = Outcome(agent=self._session.ref, turn=state.turn, said=[said])
        await workflow.execute_local_activity_method(Memory.record, outcome, **STORE)

    async def _rest(self) -> None:
        """Nothing to do: says so, and sleeps until something comes or the customer has been silent for long."""
        state = self._state
        if state.status is Status.ACTIVE:
            state.status = Status.WAITING
        await self._session.publish()
        self._set_alarm()
        self._session.waits_for = "the customer" if state.mode is Mode.AGENT else "a human of the business"
        self._session.waits_until = self._alarm_at
        workflow.set_current_details(describe(self._session))
        await workflow.wait_condition(lambda: self._has_work() or (self._alarm is not None and self._alarm.done()))
        if self._alarm and self._alarm.done():
            self._alarm = None
            self._fall_dormant()

    def _has_work(self) -> bool:
        state = self._state
        answerable = bool(state.unanswered) and state.mode is Mode.AGENT
        return bool(state.inbox or state.outbox or state.events or answerable) or state.confirm_consent is not None

    def _set_alarm(self) -> None:
        """One timer, left running through many turns: re-creating it each time would cost two events a turn."""
        state = self._state
        if state.status is Status.DORMANT or state.last_interaction is None:
            self._alarm_at = None
            return
        self._alarm_at = state.last_interaction + timedelta(minutes=state.brief.pacing.dormant_after_minutes)
        if self._alarm is None:
            wait = max(self._alarm_at - workflow.now(), timedelta(seconds=1))
            self._alarm = asyncio.create_task(workflow.sleep(wait, summary="dormant if the customer stays silent"))

    def _fall_dormant(self) -> None:
        # The timer was set turns ago: only a silence as long as the company's counts.
        if self._alarm_at and workflow.now() >= self._alarm_at:
            self._state.status = Status.DORMANT

    def _history_is_long(self) -> bool:
        info = workflow.info()
        length = info.get_current_history_length()
        quiet = self._state.opened and not self._has_work()
        full = length >= HISTORY_FULL or info.is_continue_as_new_suggested()
        return (full and not self._state.outbox) or (quiet and length >= HISTORY_QUIET)


def _expect(request: object, model: type) -> None:
    """Rejects what the converter lets through although it does not fit: null, or a wrong number of arguments."""
    if not isinstance(request, model):
        raise ApplicationError(f"send one {model.__name__} as a JSON object", type="Refused")
