"""The agent's loop, step by step: what there is to do now, and what it waits for when there is nothing."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

from domain.delivery import Delivery, FailureKind, Undelivered
from domain.messages import Role, Said
from domain.phrases import phrase
from domain.policy.burst import settles_at
from domain.state import Mode, Outgoing, Status
from domain.work import Outcome, Reply
from workflows.delivery import deliver, note_said
from workflows.details import describe
from workflows.intake import set_consent, take_in, take_preferences
from workflows.interfaces import Directory, Memory
from workflows.options import HISTORY_FULL, HISTORY_QUIET, OPEN, STORE
from workflows.session import Session
from workflows.turn import take_turn


class Life:
    """One run of an agent."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._state = session.state
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None
        self._fell_dormant = False
        self.deliveries: dict[int, Delivery] = {}
        """What became of the texts of humans and API clients, until whoever waits for it has taken it."""

    @property
    def run_is_over(self) -> bool:
        """Whether it is time for a fresh run: for a long history at a quiet moment, for a full one whatever is pending.

        A conversation that fell silent ends its run, too: whenever the customer writes again, there is next to nothing
        to replay, and what the Temporal client keeps of each command of a run is free again.
        """
        info = workflow.info()
        length = info.get_current_history_length()
        quiet = self._state.opened and not self._has_work()
        full = length >= HISTORY_FULL or info.is_continue_as_new_suggested()
        return (full and not self._state.outbox) or (quiet and (length >= HISTORY_QUIET or self._fell_dormant))

    def post(self, request: Reply) -> int:
        """Queues a text of somebody else than the agent; returns the number under which its delivery will be found."""
        self._state.event_number += 1
        number = self._state.event_number
        outgoing = Outgoing(number=number, text=request.text, author=request.by, operator=request.takes_over)
        self._state.outbox.append(outgoing)
        return number

    async def step(self) -> None:
        """The next thing there is to do, the most urgent first."""
        state = self._state
        if not state.opened:
            await self._open()
        elif state.inbox:
            await take_in(self._session)
        elif state.preferences:
            take_preferences(self._session)
        elif state.echoes:
            await self._note_echoes()
        elif state.undelivered:
            await self._note_undelivered(state.undelivered[0])
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
        state.echoes = [e.model_copy(update={"sequence": e.sequence + record.sequence}) for e in state.echoes]
        state.sequence += record.sequence
        state.turn += record.turn
        state.event_number += record.event_number
        state.events = [e.model_copy(update={"number": e.number + record.event_number}) for e in state.events]
        state.customer_id, state.brief = record.customer_id, record.brief
        state.name, state.stage = state.name or record.name, record.stage
        state.mode = Mode.OPERATOR if Mode.OPERATOR in (state.mode, record.mode) else Mode.AGENT
        state.opted_out = record.opted_out
        state.last_inbound = record.last_inbound
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
        self.deliveries[outgoing.number] = delivery

    async def _note_echoes(self) -> None:
        """Remembers what a human wrote on the phone; it counts as the answer to what came before it."""
        state, batch = self._state, list(self._state.echoes)
        said = [
            Said(id=e.echo.id, sequence=e.sequence, role=Role.OPERATOR, text=e.echo.text, at=e.at, author="phone")
            for e in batch
        ]
        outcome = Outcome(agent=self._session.ref, turn=state.turn, said=said)
        await workflow.execute_local_activity_method(Memory.record, outcome, **STORE)
        latest = batch[-1]
        state.echoes = state.echoes[len(batch) :]
        state.unanswered = [each for each in state.unanswered if each.sequence > latest.sequence]
        state.last_interaction = latest.at

    async def _note_undelivered(self, undelivered: Undelivered) -> None:
        """Tells the operators, and takes WhatsApp's word that the customer wants no more of us."""
        await self._session.alert("send_failed", undelivered.bubble, f"{undelivered.kind}: {undelivered.detail}")
        self._session.event("undelivered", f"{undelivered.kind}: {undelivered.detail}")
        if undelivered.kind is FailureKind.OPTED_OUT:
            set_consent(self._session, opted_in=False, by="customer, by WhatsApp's word", confirm=False)
        self._state.undelivered = [other for other in self._state.undelivered if other.bubble != undelivered.bubble]

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
        # Until it rests again it must not look idle: it may be sending without having thought.
        self._session.waits_for, self._session.waits_until = "nothing: it is at work", None
        if self._alarm and self._alarm.done():
            self._alarm = None
            self._fall_dormant()

    def _has_work(self) -> bool:
        state = self._state
        answerable = bool(state.unanswered) and state.mode is Mode.AGENT
        told = state.inbox or state.preferences or state.echoes or state.undelivered
        return bool(told or state.outbox or state.events or answerable) or state.confirm_consent is not None

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
            self._fell_dormant = workflow.patched("fresh-run-when-dormant")
