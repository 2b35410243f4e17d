"""Each message once, whatever is delivered; and nothing a stranger sends stops an agent."""

import pytest

from domain.messages import Inbound, Received
from domain.state import KNOWN_IDS, AgentState
from tests.workflows.conftest import CustomerMaker
from tests.workflows.world import World
from workflows.customer_agent import CustomerAgent


async def test_the_same_message_five_times_in_other_company_and_a_day_later(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("hola", id="one")
    await customer.says("hola", id="one")
    await customer.says("¿cuánto?", id="two")
    await customer.says("hola", id="one")
    await customer.rests()
    answers = list(world.texts)
    await customer.skip(days=1)
    await customer.says("hola", id="one")
    await customer.says("¿cuánto?", id="two")
    await customer.rests()
    assert world.texts == answers
    assert " | ".join(answers) == "hola | ¿cuánto?"
    assert sorted(world.inbound) == ["one", "two"]


async def test_a_redelivery_older_than_the_agents_own_list_is_known_by_the_memory(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("hola", id="old")
    await customer.rests()
    state = AgentState(opened=True, sequence=2, turn=1, brief=world.brief, known=["x" * 16] * KNOWN_IDS)
    other = await live(world)
    await other.start(state)
    await other.says("hola", id="old")
    await other.says("nuevo", id="new")
    await other.rests()
    assert world.texts == ["hola", "nuevo"]


async def test_a_retry_of_remembering_is_not_taken_for_a_redelivery(live: CustomerMaker) -> None:
    """The worker died after the memory was written and before Temporal knew: the message must still be answered."""
    customer = await live(world := World())
    state = AgentState(opened=True, brief=world.brief)
    await customer.start(state)
    world.inbound["lost"] = _received("lost", sequence=1, like=customer.id)
    await customer.says("hola", id="lost")
    await customer.rests()
    assert world.texts == ["hola"]


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        [1, 2],
        "text",
        7,
        {},
        {"id": ""},
        {"id": None, "text": "x"},
        {"id": "x", "text": {"a": 1}},
        {"id": "x", "sent_at": "yesterday"},
        {"id": "y" * 10_000},
        {"text": "no id"},
    ],
)
async def test_an_unreadable_signal_is_noted_and_the_next_message_is_answered(
    live: CustomerMaker, payload: object
) -> None:
    customer = await live(world := World())
    await customer.signals(payload)
    await customer.says("hola")
    await customer.rests()
    events = [event for note in world.notes for event in note.events]
    assert [event.kind for event in events] == ["unreadable_signal"]
    assert world.texts == ["hola"]


async def test_unknown_signals_and_wrong_counts_are_noted(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.start()
    await customer.handle.signal("receive", args=[])
    await customer.handle.signal("receive", args=[{"id": "1", "text": "x"}, 2])
    await customer.handle.signal("whatever", "x")
    await customer.until(lambda: sum(len(note.events) for note in world.notes) == 3)
    await customer.says("hola")
    await customer.rests()
    assert world.texts == ["hola"]


@pytest.mark.parametrize("argument", ["garbage", 5, [1], {"company": "acme"}])
async def test_an_agent_started_with_nonsense_lives(live: CustomerMaker, argument: object) -> None:
    customer = await live(world := World())
    await customer.start(argument)  # type: ignore[arg-type]
    await customer.says("hola")
    await customer.rests()
    assert world.texts == ["hola"]


async def test_fields_we_do_not_know_do_no_harm_and_a_huge_text_is_cut(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.signals({"id": "1", "text": "x" * 100_000, "from_the_future": {"a": [1]}})
    await customer.rests()
    (received,) = world.inbound.values()
    assert len(received.message.text) == 16_384
    assert len(world.texts) > 1  # split into bubbles that WhatsApp takes
    assert all(len(text) <= 4096 for text in world.texts)


async def test_every_update_handler_answers_a_snapshot_or_a_delivery(live: CustomerMaker) -> None:
    customer = await live(World())
    await customer.start()
    snapshot = await customer.handle.query(CustomerAgent.snapshot)
    assert snapshot.company == "acme"


def _received(id: str, *, sequence: int, like: str) -> Received:
    message = Inbound(id=id, text="hola")
    return Received.model_validate({"sequence": sequence, "received_at": "2026-01-01T00:00:00Z", "message": message})
