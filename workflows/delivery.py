"""Getting bubbles to the customer: each once, in order, and never against anybody's word."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityConfig

from domain.delivery import Delivery, DeliveryState, FailureKind
from domain.messages import Role, Said, bubble_id
from domain.policy.typing import pause
from domain.work import Bubble, BubbleRef, SeenCue
from workflows.interfaces import Messenger
from workflows.options import RECONCILE_WAITS, SEND, SHOW, STORE
from workflows.session import Session


async def say(
    session: Session, texts: Sequence[str], *, began: float, cue: str | None, stop: Callable[[], bool]
) -> tuple[list[Said], Delivery | None]:
    """Types and sends the bubbles of the present turn one by one until `stop` holds.

    `began` is the workflow time in seconds at which thinking began: the typing of the first bubble counts from there.
    `cue` is the customer's message under which "typing…" shows. Returns what was sent, and the failure that ended it.
    """
    said: list[Said] = []
    for number, text in enumerate(texts, 1):
        typed = await _type(session, text, began, cue, stop)
        if stop():
            break
        delivery = await deliver(session, number, text, stop)
        if not delivery.reached_provider:
            return said, delivery
        said.append(note_said(session, delivery.bubble, text, Role.AGENT))
        if cue and number == 1 and not typed:
            await show_seen(session, cue, typing=False)
        began = workflow.time()
    return said, None


def note_said(session: Session, bubble: str, text: str, role: Role, author: str | None = None) -> Said:
    """Gives what was said its place in the conversation."""
    session.state.sequence += 1
    session.state.last_interaction = workflow.now()
    sequence = session.state.sequence
    return Said(id=bubble, sequence=sequence, role=role, text=text, at=workflow.now(), author=author)


async def show_seen(session: Session, message_id: str, *, typing: bool) -> None:
    """Read receipt, with or without "typing…"; what fails here never holds up an answer."""
    cue = SeenCue(agent=session.ref, message_id=message_id, typing=typing)
    try:
        await workflow.execute_local_activity_method(Messenger.show_seen, cue, **SHOW)
    except ActivityError:
        workflow.logger.info("the read receipt could not be shown")


async def _type(session: Session, text: str, began: float, cue: str | None, stop: Callable[[], bool]) -> bool:
    """Whether there was anything left to type."""
    wait = pause(text, session.state.brief.pacing, workflow.time() - began)
    if wait <= 0 or stop():
        return False
    until = workflow.now() + timedelta(seconds=wait)
    if cue:
        await show_seen(session, cue, typing=True)
    await session.hold(until, "its own typing", stop, summary=f"typing {wait:.1f} s")
    return True


async def deliver(session: Session, number: int, text: str, stop: Callable[[], bool]) -> Delivery:
    """Sends one bubble of the present turn and finds out what became of it."""
    turn = session.state.turn
    bubble = Bubble(
        agent=session.ref,
        id=bubble_id(session.ref.company, session.ref.phone, turn, number),
        turn=turn,
        number=number,
        text=text,
        window_until=session.window_until,
    )
    delivery = await _reconciled(session, bubble, await _send(bubble))
    if delivery.known:
        return delivery
    await session.alert(
        "send_unknown", bubble.id, f"WhatsApp never said whether bubble {number} of turn {turn} went out"
    )
    if stop():
        return delivery
    return await _send(bubble.model_copy(update={"again": True}))


async def _send(bubble: Bubble) -> Delivery:
    config: ActivityConfig = {**SEND, "summary": f"send bubble {bubble.number} of turn {bubble.turn}"}
    try:
        return await workflow.execute_activity_method(Messenger.send, bubble, **config)
    except ActivityError as error:
        detail = str(error.cause or error)[:300]
        return Delivery(bubble=bubble.id, state=DeliveryState.FAILED, failure=FailureKind.RETRY, detail=detail)


async def _reconciled(session: Session, bubble: Bubble, delivery: Delivery) -> Delivery:
    for wait in RECONCILE_WAITS:
        if delivery.known:
            return delivery
        until = workflow.now() + timedelta(seconds=wait)
        await session.hold(until, f"WhatsApp to confirm bubble {bubble.number}", lambda: False)
        delivery = await workflow.execute_local_activity_method(
            Messenger.reconcile, BubbleRef(agent=bubble.agent, id=bubble.id), **STORE
        )
    return delivery
