"""A turn may fail; the agent never does."""

from collections.abc import Callable

import pytest
from temporalio.exceptions import ApplicationError

from domain.decision import Reply
from domain.delivery import Delivery, DeliveryState, FailureKind
from domain.phrases import phrase
from domain.work import Bubble, Thought
from tests.workflows.conftest import CustomerMaker
from tests.workflows.world import World

REJECTED = ApplicationError("status 401", type="LLMRejected", non_retryable=True)


async def test_when_thinking_fails_the_customer_hears_it_once_and_gets_the_answer_later(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.decisions.extend([REJECTED, REJECTED])
    await customer.says("¿cuánto cuesta?")
    await customer.until(lambda: world.texts == [phrase("holding", "es")])
    assert [alert.kind for alert in world.alerts] == ["thinking_failed"]
    await customer.skip(seconds=20)
    await customer.until(lambda: len(world.thoughts) == 2)
    assert world.texts == [phrase("holding", "es")]
    await customer.skip(minutes=2)
    await customer.rests()
    assert world.texts == [phrase("holding", "es"), "¿cuánto cuesta?"]


async def test_a_customer_who_writes_again_during_an_outage_is_tried_at_once(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.decisions.extend([REJECTED, REJECTED])
    await customer.says("¿cuánto cuesta?")
    await customer.until(lambda: world.texts == [phrase("holding", "es")])
    await customer.says("¿hola?")
    await customer.until(lambda: len(world.thoughts) == 2)
    await customer.says("¿siguen ahí?")
    await customer.rests()
    assert world.texts == [phrase("holding", "es"), "¿cuánto cuesta? | ¿hola? | ¿siguen ahí?"]


async def test_a_passing_failure_of_the_model_is_retried_within_the_turn(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.decisions.append(ApplicationError("status 500", type="LLMUnavailable"))
    await customer.says("hola")
    await customer.rests()
    assert world.texts == ["hola"]
    assert world.alerts == []


async def test_an_invented_price_is_corrected_once(live: CustomerMaker) -> None:
    customer = await live(world := World())
    invented = Reply(kind="reply", bubbles=["te lo dejo en $1"])
    world.decisions.append(Thought(decision=invented, violations=["the price 1"], brief=world.brief))
    await customer.says("hazme un descuento")
    await customer.rests()
    assert world.texts == ["hazme un descuento"]
    assert [thought.correction for thought in world.thoughts] == [None, "the price 1"]


async def test_a_stubborn_model_is_replaced_by_a_safe_sentence_and_an_alert(live: CustomerMaker) -> None:
    customer = await live(world := World())
    invented = Thought(
        decision=Reply(kind="reply", bubbles=["te lo dejo en $1"]), violations=["the price 1"], brief=world.brief
    )
    world.decisions.extend([invented, invented])
    await customer.says("hazme un descuento")
    await customer.rests()
    assert world.texts == [phrase("safe", "es")]
    assert [alert.kind for alert in world.alerts] == ["grounding"]


def _unknown(world: World, *, arrives: bool) -> Callable[[Bubble], Delivery]:
    def send(bubble: Bubble) -> Delivery:
        if arrives:
            world.sent.append((bubble.id, bubble.text))
        return Delivery(bubble=bubble.id, state=DeliveryState.RESERVED)

    return send


async def test_a_bubble_of_unknown_fate_is_reconciled_and_not_repeated(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.decisions.append(Reply(kind="reply", bubbles=["uno", "dos"]))
    world.deliveries.append(_unknown(world, arrives=True))
    await customer.says("hola")
    await customer.until(lambda: world.texts == ["uno"])
    world.statuses[world.sent[0][0]] = DeliveryState.SENT  # the provider's status webhook
    await customer.skip(seconds=3)
    await customer.rests()
    assert world.texts == ["uno", "dos"]
    assert world.alerts == []


async def test_a_bubble_that_no_status_ever_names_is_sent_again_under_its_id_and_reported(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.deliveries.append(_unknown(world, arrives=False))
    await customer.says("hola")
    await customer.until(lambda: not world.deliveries)
    await customer.skip(seconds=20)
    await customer.rests()
    assert world.texts == ["hola"]
    assert [alert.kind for alert in world.alerts] == ["send_unknown"]


@pytest.mark.parametrize("kind", [FailureKind.WINDOW_CLOSED, FailureKind.PERMANENT, FailureKind.OPERATOR])
async def test_a_refusal_for_good_is_reported_and_the_conversation_goes_on(
    live: CustomerMaker, kind: FailureKind
) -> None:
    customer = await live(world := World())
    world.deliveries.append(Delivery(bubble="", state=DeliveryState.FAILED, failure=kind, detail="no"))
    await customer.says("hola")
    await customer.rests()
    assert world.texts == []
    assert [alert.kind for alert in world.alerts] == ["send_failed"]
    await customer.says("¿hola?")
    await customer.rests()
    assert world.texts == ["¿hola?"]


async def test_a_refusal_that_passes_is_thought_about_again_later(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.deliveries.append(Delivery(bubble="", state=DeliveryState.FAILED, failure=FailureKind.THROUGHPUT))
    await customer.says("hola")
    await customer.until(lambda: len(world.alerts) == 1)
    await customer.skip(seconds=20)
    await customer.rests()
    assert world.texts == ["hola"]


async def test_every_bubble_has_an_id_of_its_own(live: CustomerMaker) -> None:
    customer = await live(world := World())
    for text in ("uno", "dos", "tres"):
        await customer.says(text)
        await customer.rests()
    ids = [bubble for bubble, _ in world.sent]
    assert len(set(ids)) == 3
    assert [bubble.split(".", 1)[1] for bubble in ids] == ["1.1", "2.1", "3.1"]
