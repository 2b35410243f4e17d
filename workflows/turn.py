"""One turn of an agent: think, check, act, type, send, remember."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityConfig

from domain.decision import HandOff, Reply, StaySilent
from domain.delivery import Delivery, FailureKind
from domain.messages import Received, Said
from domain.phrases import phrase
from domain.policy.bubbles import shape
from domain.state import Mode, Trouble
from domain.work import AlertKind, Outcome, ThinkRequest, Thought
from workflows.delivery import say, show_seen
from workflows.interfaces import Brain, Memory
from workflows.options import STORE, THINK, THINK_AGAIN
from workflows.session import Session

PASSING = (FailureKind.RETRY, FailureKind.PAIR_LIMIT, FailureKind.THROUGHPUT)
"""Refusals that time heals: the burst stays unanswered and is thought about again."""


async def take_turn(session: Session) -> None:
    """Answers the burst, unless something newer supersedes the answer before its first bubble is out."""
    state = session.state
    state.turn += 1
    burst = list(state.unanswered)
    began = workflow.time()
    try:
        thought, attempt = await _think(session, burst)
    except ActivityError as error:
        await _stumble(session, "thinking_failed", str(error.cause or error))
        return
    if thought is None or session.disturbed:
        state.superseded += 1
        return
    state.brief = thought.brief
    said, failure = await _carry_out(session, thought, burst, began)
    await _conclude(session, burst, said, failure, attempt)


async def _think(session: Session, burst: list[Received]) -> tuple[Thought | None, int]:
    """The proposal to carry out, and its attempt; None when something newer superseded it.

    A proposal that names a price or a link which does not exist is refused once with the reason; the second time the
    customer gets a safe sentence and the operator an alert.
    """
    thought = await _propose(session, burst, 0, None)
    if thought is None or not thought.violations:
        return thought, 0
    thought = await _propose(session, burst, 1, "; ".join(thought.violations))
    if thought is None or not thought.violations:
        return thought, 1
    await session.alert("grounding", str(session.state.turn), "; ".join(thought.violations))
    safe = Reply(kind="reply", bubbles=[phrase("safe", thought.brief.language)])
    return thought.model_copy(update={"decision": safe}), 1


async def _propose(session: Session, burst: list[Received], attempt: int, correction: str | None) -> Thought | None:
    state = session.state
    session.waits_for, session.waits_until = "the model's decision", None
    request = ThinkRequest(
        agent=session.ref,
        turn=state.turn,
        attempt=attempt,
        unanswered=[received.sequence for received in burst],
        correction=correction,
        instruction=state.instruction,
    )
    config: ActivityConfig = {**THINK, "summary": f"think about {len(burst)} message(s), turn {state.turn}"}
    thinking = workflow.start_activity_method(Brain.decide, request, **config)
    await workflow.wait_condition(lambda: thinking.done() or session.disturbed)
    if not thinking.done():
        thinking.cancel()
        with suppress(ActivityError):
            await thinking
        return None
    return await thinking


async def _carry_out(
    session: Session, thought: Thought, burst: list[Received], began: float
) -> tuple[list[Said], Delivery | None]:
    pacing = thought.brief.pacing
    cue = burst[-1].message.id if pacing.read_receipts else None
    match thought.decision:
        case StaySilent():
            if cue:
                await show_seen(session, cue, typing=False)
            return [], None
        case Reply(bubbles=bubbles):
            stop: Callable[[], bool] = lambda: session.disturbed  # noqa: E731
            texts = shape(bubbles, pacing.max_bubbles)
        case HandOff() as hand_off:
            await _call_a_human(session, hand_off)
            stop = lambda: session.stop_pending or session.state.handed_off is None  # noqa: E731
            texts = shape(hand_off.bubbles, pacing.max_bubbles) or [phrase("handing_off", thought.brief.language)]
    return await say(session, texts, began=began, cue=cue, stop=stop)


async def _call_a_human(session: Session, hand_off: HandOff) -> None:
    """Done before the customer is told: a hand-off that is promised has happened."""
    detail = f"{hand_off.reason}\n{hand_off.summary}"
    await session.alert("hand_off", str(session.state.turn), detail, hand_off.urgency)
    session.state.mode = Mode.OPERATOR
    session.state.handed_off = hand_off.reason[:500]
    session.event("handed_off", detail)


async def _conclude(
    session: Session, burst: list[Received], said: list[Said], failure: Delivery | None, attempt: int
) -> None:
    state = session.state
    if failure and failure.failure in PASSING:
        if said:
            await _record(session, said, attempt)
        await _stumble(session, "send_failed", failure.detail or "no answer")
        return
    if failure:
        await session.alert("send_failed", failure.bubble, f"{failure.failure}: {failure.detail}")
        session.event("send_failed", f"{failure.failure}: {failure.detail}")
    elif not said and session.disturbed and state.handed_off is None:
        state.superseded += 1
        return
    answered = {received.sequence for received in burst}
    state.unanswered = [received for received in state.unanswered if received.sequence not in answered]
    state.superseded, state.trouble, state.instruction = 0, Trouble(), None
    await _record(session, said, attempt)


async def _record(session: Session, said: list[Said], attempt: int | None) -> None:
    outcome = Outcome(agent=session.ref, turn=session.state.turn, thought_attempt=attempt, said=said)
    await workflow.execute_local_activity_method(Memory.record, outcome, **STORE)


async def _stumble(session: Session, kind: AlertKind, detail: str) -> None:
    """Thinking or sending failed for now: tells the operator each time and the customer once, and tries again later."""
    state = session.state
    wait = THINK_AGAIN[min(state.trouble.tries, len(THINK_AGAIN) - 1)]
    state.trouble.tries += 1
    state.trouble.retry_at = workflow.now() + timedelta(seconds=wait)
    session.event(kind, detail)
    await session.alert(kind, str(state.turn), detail)
    if kind == "thinking_failed" and not state.trouble.told and not session.disturbed:
        state.trouble.told = True
        holding = phrase("holding", state.brief.language)
        said, _ = await say(session, [holding], began=workflow.time(), cue=None, stop=lambda: session.disturbed)
        await _record(session, said, None)
