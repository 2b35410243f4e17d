"""The permanent agent of one customer: a workflow that never ends.

Its id `agent/{company}/{phone}` says whose it is. A client in any language starts it with signal-with-start: workflow
type `CustomerAgent`, task queue `agents`, no argument, signal `receive` with an `Inbound` as plain JSON.
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError

from domain.delivery import Delivery, Undelivered
from domain.errors import InvalidInput
from domain.identity import parse_agent_id
from domain.messages import MAX_INBOUND_TEXT, Echo, Echoed, Inbound, Preference, Received, fingerprint
from domain.state import KNOWN_IDS, KNOWN_REPLIES, AgentState, Mode
from domain.work import AgentRef, AgentSnapshot, Consent, Release, Reply, Takeover
from workflows.details import describe
from workflows.intake import set_consent
from workflows.life import Life
from workflows.session import Session


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
        self._life = Life(self._session)

    @workflow.run
    async def run(self, carried: AgentState | None = None) -> None:
        """Lives step by step; a fresh run gets the state, pending messages included, before history grows long."""
        while not (self._life.run_is_over and workflow.all_handlers_finished()):
            try:
                await self._life.step()
            except ActivityError as error:
                # The agent outlives whatever a step could not do.
                self._session.event("step_failed", str(error.cause or error))
                await workflow.sleep(timedelta(seconds=5), summary="pause after a failed step")
            workflow.set_current_details(describe(self._session))
        workflow.continue_as_new(self._state)

    @workflow.signal(dynamic=True)
    def receive(self, name: str, args: Sequence[RawValue]) -> None:
        """What customers and providers do: one JSON object with `receive`, `echo`, `preference` or `undelivered`.

        Whatever does not fit is kept for the operators.
        """
        try:
            if len(args) != 1:
                raise ValueError(f"signal {name!r} with {len(args)} arguments; send one")
            payload, converter = args[0].payload, workflow.payload_converter()
            match name:
                case "receive":
                    self._take_note(converter.from_payload(payload, Inbound))
                case "echo":
                    self._hear_a_human(converter.from_payload(payload, Echo))
                case "preference":
                    self._note_preference(converter.from_payload(payload, Preference))
                case "undelivered":
                    self._note_undelivered(converter.from_payload(payload, Undelivered))
                case _:
                    raise ValueError(f"signal {name!r}; there are `receive`, `echo`, `preference`, `undelivered`")
        except Exception as error:  # whatever a stranger sends must not stop the agent
            raw = args[0].payload.data[:1000].decode(errors="replace") if args else ""
            self._session.event("unreadable_signal", f"{type(error).__name__}: {str(error)[:500]}\n{raw}")

    def _take_note(self, message: Inbound) -> None:
        state = self._state
        text = message.text.strip()[:MAX_INBOUND_TEXT]
        if message.kind == "text" and not text:
            return
        if self._knows(message.id):
            return
        state.sequence += 1
        message = message.model_copy(update={"text": text or f"[{message.kind}]"})
        state.inbox.append(Received(sequence=state.sequence, received_at=workflow.now(), message=message))

    def _hear_a_human(self, echo: Echo) -> None:
        """Somebody of the business answered on the phone: from this moment the agent is silent."""
        state = self._state
        if self._knows(f"echo {echo.id}"):
            return
        if state.mode is Mode.AGENT or state.handed_off:
            self._take_over("phone", "answered on the company's phone")
        state.sequence += 1
        echo = echo.model_copy(update={"text": echo.text.strip()[:MAX_INBOUND_TEXT]})
        state.echoes.append(Echoed(sequence=state.sequence, at=workflow.now(), echo=echo))

    def _note_preference(self, preference: Preference) -> None:
        if not self._knows(f"preference {preference.id}"):
            self._state.preferences.append(preference)

    def _note_undelivered(self, undelivered: Undelivered) -> None:
        if not self._knows(f"undelivered {undelivered.bubble}"):
            self._state.undelivered.append(undelivered)

    def _knows(self, message_id: str) -> bool:
        """Whether this id came before; from now on it has."""
        state, mark = self._state, fingerprint(message_id)
        if mark in state.known:
            return True
        state.known = [*state.known, mark][-KNOWN_IDS:]
        return False

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
        mark = fingerprint(update.id if (update := workflow.current_update_info()) else "")
        if mark in self._state.replied:
            return self._state.replied[mark]
        if request.takes_over and (self._state.mode is Mode.AGENT or self._state.handed_off):
            self._take_over(request.by, "replied")
        number = self._life.post(request)
        await workflow.wait_condition(lambda: number in self._life.deliveries)
        delivery = self._life.deliveries.pop(number)
        # Temporal knows an update's id within one run; a client's retry may come in the next.
        self._state.replied = dict([*self._state.replied.items(), (mark, delivery)][-KNOWN_REPLIES:])
        return delivery

    @reply.validator
    def _may_reply(self, request: Reply) -> None:
        _expect(request, Reply)
        if not request.text.strip():
            raise ApplicationError("the text is empty", type="Refused")
        until = self._session.window_until
        if until and workflow.now() >= until:
            raise ApplicationError(
                "WhatsApp's 24-hour window is shut: the customer has to write first, or be sent a template",
                type="Refused",
            )
        if self._state.opted_out and not request.takes_over:
            raise ApplicationError("the customer has opted out: only a human may write to them", type="Refused")

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
            window_until=session.window_until,
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


def _expect(request: object, model: type) -> None:
    """Rejects what the converter lets through although it does not fit: null, or a wrong number of arguments."""
    if not isinstance(request, model):
        raise ApplicationError(f"send one {model.__name__} as a JSON object", type="Refused")
