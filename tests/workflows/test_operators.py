"""A human's word silences the agent; the customer's STOP is final."""

import asyncio

import pytest
from temporalio.client import WorkflowUpdateFailedError

from domain.company import Pacing
from domain.decision import Reply as ModelReply
from domain.messages import Role
from domain.phrases import phrase
from domain.state import Mode
from domain.work import Consent, Release, Reply, Takeover
from tests.workflows.conftest import Customer, CustomerMaker
from tests.workflows.world import World
from workflows.customer_agent import CustomerAgent


async def _takeover(customer: Customer) -> None:
    await customer.handle.execute_update(CustomerAgent.takeover, Takeover(by="ana"))


async def test_a_takeover_between_two_bubbles_stops_the_second(live: CustomerMaker) -> None:
    customer = await live(world := World(Pacing(burst_complete_seconds=0, burst_fragment_seconds=0, max_bubbles=3)))
    world.decisions.append(ModelReply(kind="reply", bubbles=["a", "b" * 60, "c" * 60]))
    await customer.says("cuéntame todo")
    await customer.until(lambda: world.texts == ["a"])
    await _takeover(customer)
    snapshot = await customer.rests()
    assert world.texts == ["a"]
    assert snapshot.mode is Mode.OPERATOR
    assert [said.text for said in world.recorded] == ["a"]


async def test_a_takeover_in_mid_think_leaves_the_question_for_the_human(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.thinking.close()
    await customer.says("¿puedo pagar a plazos?")
    await world.thinking.reached()
    await _takeover(customer)
    world.thinking.open()
    await customer.until(lambda: world.notes[-1].mode is Mode.OPERATOR)
    assert world.texts == []
    assert (await customer.snapshot()).unanswered == 1


async def test_a_human_reply_takes_over_and_counts_as_the_answer(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.thinking.close()
    await customer.says("¿puedo pagar a plazos?")
    await world.thinking.reached()
    delivery = await customer.handle.execute_update(CustomerAgent.reply, Reply(text="Sí, a tres meses", by="ana"))
    world.thinking.open()
    assert delivery.reached_provider
    assert world.texts == ["Sí, a tres meses"]
    assert [(said.role, said.author) for said in world.recorded] == [(Role.OPERATOR, "ana")]
    snapshot = await customer.rests()
    assert (snapshot.mode, snapshot.unanswered) == (Mode.OPERATOR, 0)


async def test_after_the_release_the_agent_answers_what_is_open_and_knows_the_instruction(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("hola")
    await customer.rests()
    await _takeover(customer)
    await customer.says("¿siguen ahí?", id="open")
    await customer.until(lambda: "open" in world.inbound)
    await customer.handle.execute_update(CustomerAgent.release, Release(by="ana", instruction="ofrece la sesión"))
    await customer.rests()
    assert world.texts == ["hola", "¿siguen ahí?"]
    assert world.thoughts[-1].instruction == "ofrece la sesión"
    await customer.says("gracias")
    await customer.rests()
    assert world.thoughts[-1].instruction is None


async def test_a_text_of_an_api_client_does_not_take_over(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.start()
    request = Reply(text="Tu pedido salió", by="tienda", takes_over=False)
    await customer.handle.execute_update(CustomerAgent.reply, request)
    assert world.texts == ["Tu pedido salió"]
    assert (await customer.snapshot()).mode is Mode.AGENT


@pytest.mark.parametrize(
    ("update", "request_", "why"),
    [
        (CustomerAgent.release, Release(by="ana"), "already has"),
        (CustomerAgent.reply, Reply(by="ana", text="  "), "empty"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    live: CustomerMaker, update: object, request_: object, why: str
) -> None:
    customer = await live(world := World())
    await customer.start()
    before = await customer.rests()
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await customer.handle.execute_update(update, request_)  # type: ignore[call-overload]
    assert why in str(refused.value.cause)
    after = await customer.rests()
    assert after.model_dump(exclude={"history_length"}) == before.model_dump(exclude={"history_length"})
    assert world.texts == []


@pytest.mark.parametrize("payload", [5, "garbage", None, [], {"by": 7, "x": []}])
async def test_updates_from_strangers_are_rejected_and_do_no_harm(live: CustomerMaker, payload: object) -> None:
    customer = await live(world := World())
    await customer.says("hola")
    await customer.rests()
    for name in ("takeover", "release", "reply", "opt_out"):
        with pytest.raises(WorkflowUpdateFailedError):
            await customer.handle.execute_update(name, payload)
    await customer.says("sigo")
    await customer.rests()
    assert world.texts == ["hola", "sigo"]


async def test_stop_is_confirmed_once_and_cancels_what_was_being_thought(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.thinking.close()
    await customer.says("¿qué cuesta?")
    await world.thinking.reached()
    await customer.says("BAJA")
    world.thinking.open()
    await customer.says("baja")
    snapshot = await customer.rests()
    assert world.texts == [phrase("opted_out", "es")]
    assert snapshot.opted_out
    assert len(world.thoughts) == 1


async def test_stop_between_two_bubbles_lets_no_further_one_out(live: CustomerMaker) -> None:
    customer = await live(world := World(Pacing(burst_complete_seconds=0, burst_fragment_seconds=0, max_bubbles=3)))
    world.decisions.append(ModelReply(kind="reply", bubbles=["a", "b" * 60]))
    await customer.says("cuéntame todo")
    await customer.until(lambda: world.texts == ["a"])
    await customer.says("STOP")
    await customer.rests()
    assert world.texts == ["a", phrase("opted_out", "es")]


async def test_who_opted_out_is_still_served_and_may_return(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("stop")
    await customer.rests()
    await customer.says("¿mi pedido?")
    await customer.rests()
    await customer.says("ALTA")
    snapshot = await customer.rests()
    assert world.texts == [phrase("opted_out", "es"), "¿mi pedido?", phrase("opted_in", "es")]
    assert not snapshot.opted_out


async def test_an_operators_click_opts_out_silently_if_so_wished(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.start()
    await customer.handle.execute_update(CustomerAgent.opt_out, Consent(by="ana", confirm=False))
    assert (await customer.rests()).opted_out
    assert world.texts == []
    assert [event.kind for note in world.notes for event in note.events] == ["opted_out"]


async def test_two_operators_at_once_one_of_them_has_it(live: CustomerMaker) -> None:
    customer = await live(World())
    await customer.start()
    outcomes = await asyncio.gather(*(_takeover(customer) for _ in range(2)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(WorkflowUpdateFailedError) == 1


async def test_a_repeated_request_is_one_text_even_in_the_next_run(
    monkeypatch: pytest.MonkeyPatch, live: CustomerMaker
) -> None:
    for module in ("workflows.options", "workflows.life"):
        monkeypatch.setattr(f"{module}.HISTORY_QUIET", 40)
    customer = await live(world := World())
    await customer.start()
    request = Reply(by="tienda", text="Tu pedido salió", takes_over=False)
    first = await customer.handle.execute_update(CustomerAgent.reply, request, id="order-17")
    for number in range(4):
        await customer.says(f"hola {number}")
        await customer.rests()
    again = await customer.handle.execute_update(CustomerAgent.reply, request, id="order-17")
    assert (await customer.snapshot()).history_length < 60  # another run
    assert again == first
    assert world.texts.count("Tu pedido salió") == 1


async def test_an_api_client_may_not_write_to_who_opted_out(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("BAJA")
    await customer.rests()
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await customer.handle.execute_update(CustomerAgent.reply, Reply(by="tienda", text="Oferta", takes_over=False))
    assert "opted out" in str(refused.value.cause)
    assert world.texts == [phrase("opted_out", "es")]
