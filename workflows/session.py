"""One run's hold on its agent: the state, who it is, and the calls that every part of the agent makes."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from domain.decision import Urgency
from domain.policy.consent import consent_word
from domain.policy.window import shuts_at
from domain.state import AgentEvent, AgentState, Mode
from domain.work import AgentRef, Alert, AlertKind, CustomerNote
from workflows import attributes
from workflows.interfaces import Directory
from workflows.options import MAX_SUPERSEDED, STORE


class Session:
    """The agent's state and what is shared around it. Not serialised; made anew with each run."""

    def __init__(self, ref: AgentRef, state: AgentState) -> None:
        self.ref = ref
        self.state = state
        self.waits_for = "its first message"
        self.waits_until: datetime | None = None
        self._shown: CustomerNote | None = None
        self._indexed: CustomerNote | None = None

    @property
    def stop_pending(self) -> bool:
        """A customer's STOP has arrived and is not yet acted upon: nothing may go out before it is."""
        return any(consent_word(received.message.text) is False for received in self.state.inbox)

    @property
    def disturbed(self) -> bool:
        """What the agent is thinking or typing must not go on: a newer message, a human's word, or STOP."""
        if self.state.mode is Mode.OPERATOR or self.state.outbox or self.stop_pending:
            return True
        return bool(self.state.inbox) and self.state.superseded < MAX_SUPERSEDED

    @property
    def window_until(self) -> datetime | None:
        """When WhatsApp's window shuts, or has shut; None where the channel has none."""
        if not self.state.brief.windowed:
            return None
        # Of an agent from before windows were counted nothing is known: WhatsApp itself refuses what is too late.
        return shuts_at(self.state.last_inbound)

    def event(self, kind: str, detail: str = "", by: str = "agent") -> None:
        """Notes something for the operators; written with the next `publish`."""
        self.state.event_number += 1
        self.state.events.append(
            AgentEvent(number=self.state.event_number, kind=kind, at=workflow.now(), by=by, detail=detail[:2000])
        )

    async def hold(self, until: datetime, what: str, stop: Callable[[], bool], *, summary: str = "") -> None:
        """Waits durably for `what`, until a moment or until `stop` holds. `summary` names the timer in the Web UI.

        What operators see is brought up to date first: an agent that answers at once is published once a turn, at its
        end, and one that takes its time also while it does.
        """
        await self.publish()
        self.waits_for, self.waits_until = what, until
        seconds = (until - workflow.now()).total_seconds()
        if seconds <= 0 or stop():
            return
        try:
            await workflow.wait_condition(
                stop, timeout=timedelta(seconds=seconds), timeout_summary=summary or f"waiting for {what}"
            )
        except TimeoutError:
            return

    async def publish(self) -> None:
        """Writes the agent's state where operators list and search it, if it changed."""
        note = self._note()
        if note == self._shown:
            return
        await workflow.execute_local_activity_method(Directory.note_customer, note, **STORE)
        changes = attributes.updates(self.ref.company, note, self._indexed)
        if changes:
            workflow.upsert_search_attributes(changes)
            self._indexed = note
        written = {event.number for event in note.events}
        self.state.events = [event for event in self.state.events if event.number not in written]
        self._shown = note.model_copy(update={"events": []})

    async def alert(self, kind: AlertKind, key: str, detail: str, urgency: Urgency = Urgency.NORMAL) -> None:
        """Shows the operators something; returns when it is stored."""
        alert = Alert(agent=self.ref, kind=kind, key=f"{kind}.{key}", detail=detail[:2000], urgency=urgency)
        await workflow.execute_local_activity_method(Directory.raise_alert, alert, **STORE)

    def _note(self) -> CustomerNote:
        state = self.state
        return CustomerNote(
            agent=self.ref,
            name=state.name,
            stage=state.stage,
            status=state.status,
            mode=state.mode,
            opted_out=state.opted_out,
            message_count=state.sequence,
            turn=state.turn,
            last_interaction=state.last_interaction,
            last_inbound=state.last_inbound,
            handed_off=state.handed_off,
            events=list(state.events),
        )
