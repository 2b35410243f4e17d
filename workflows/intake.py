"""Taking in what customers write: each message once, STOP before anything else."""

from datetime import UTC, datetime, timedelta

from temporalio import workflow

from domain.messages import KINDS_WITHOUT_ANSWER, Received
from domain.policy.consent import consent_word
from domain.state import Status
from domain.work import Intake
from workflows.interfaces import Memory
from workflows.options import STORE
from workflows.session import Session


async def take_in(session: Session) -> None:
    """Remembers everything in the inbox; what the memory did not know yet now waits for an answer."""
    state = session.state
    batch = list(state.inbox)
    remembered = await workflow.execute_local_activity_method(
        Memory.remember, Intake(agent=session.ref, customer_id=state.customer_id, messages=batch), **STORE
    )
    state.inbox = [received for received in state.inbox if received not in batch]
    fresh = [received for received in batch if received.sequence in remembered.new]
    for received in fresh:
        _place(session, received)
    if fresh:
        state.status = Status.ACTIVE
        state.trouble.retry_at = None
        state.last_interaction = fresh[-1].received_at
        state.last_inbound = max(filter(None, [state.last_inbound, *map(_sent_at, fresh)]))


def _place(session: Session, received: Received) -> None:
    state = session.state
    state.name = received.message.name or state.name
    wish = consent_word(received.message.text)
    if wish is False:
        state.unanswered.clear()
        set_consent(session, opted_in=False, by="customer", confirm=True)
    elif wish and state.opted_out:
        set_consent(session, opted_in=True, by="customer", confirm=True)
    elif received.message.text.strip() and received.message.kind not in KINDS_WITHOUT_ANSWER:
        if _is_stale(session, received) and workflow.patched("stale-messages"):
            session.event("stale_message", f"written {received.message.sent_at:%Y-%m-%d %H:%M} UTC, delivered late")
        else:
            state.unanswered.append(received)


def _is_stale(session: Session, received: Received) -> bool:
    """Whether the message was written so long ago that an answer as if to a new one would be odd."""
    age = received.received_at - _sent_at(received)
    return age > timedelta(hours=session.state.brief.pacing.stale_after_hours)


def _sent_at(received: Received) -> datetime:
    """By the customer's clock, where the channel tells; never later than we had it."""
    sent_at = received.message.sent_at or received.received_at
    sent_at = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
    return min(sent_at, received.received_at)


def take_preferences(session: Session) -> None:
    """Carries out what customers set in WhatsApp itself; WhatsApp has told them, so we do not."""
    wishes, session.state.preferences = session.state.preferences, []
    for wish in wishes:
        set_consent(session, opted_in=wish.wanted, by="customer, in WhatsApp's settings", confirm=False)


def set_consent(session: Session, *, opted_in: bool, by: str, confirm: bool) -> None:
    """Opts the customer in or out; a confirmation goes out once, and only where something changed."""
    state = session.state
    if state.opted_out is not opted_in:
        return
    state.opted_out = not opted_in
    state.confirm_consent = opted_in if confirm else None
    session.event("opted_in" if opted_in else "opted_out", by=by)
