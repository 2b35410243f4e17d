"""A life of many runs: nothing pending is lost between two of them."""

import asyncio

import pytest

from domain.state import Mode, Status
from domain.work import Reply, Takeover
from tests.workflows.conftest import Customer, CustomerMaker
from tests.workflows.world import World
from workflows.customer_agent import CustomerAgent


@pytest.fixture
def short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a few turns instead of a hundred."""
    for module in ("workflows.options", "workflows.life"):
        monkeypatch.setattr(f"{module}.HISTORY_QUIET", 60)
        monkeypatch.setattr(f"{module}.HISTORY_FULL", 90)


async def _runs(customer: Customer) -> int:
    return len([run async for run in customer.env.client.list_workflows(f"WorkflowId = '{customer.id}'")])


@pytest.mark.usefixtures("short_runs")
async def test_a_long_conversation_goes_on_through_several_runs(live: CustomerMaker) -> None:
    customer = await live(world := World())
    for number in range(12):
        await customer.says(f"mensaje {number}", id=f"m{number}")
        await customer.rests()
    await customer.says("mensaje 3", id="m3")  # a redelivery, runs later
    snapshot = await customer.rests()
    assert world.texts == [f"mensaje {number}" for number in range(12)]
    assert (snapshot.turn, snapshot.messages) == (12, 24)
    assert snapshot.history_length < 90
    async with asyncio.timeout(10):
        while await _runs(customer) < 3:
            await asyncio.sleep(0.1)


@pytest.mark.usefixtures("short_runs")
async def test_messages_that_rain_on_the_change_of_runs_are_all_answered(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("primero", id="m-1")
    for start in range(0, 60, 4):
        await asyncio.gather(*(customer.says(f"n{number}", id=f"m{number}") for number in range(start, start + 4)))
    await customer.rests()
    said = " | ".join(world.texts).split(" | ")
    assert sorted(said) == sorted(["primero", *(f"n{number}" for number in range(60))])
    sequences = [received.sequence for received in world.inbound.values()]
    assert len(set(sequences)) == 61


@pytest.mark.usefixtures("short_runs")
async def test_takeover_and_dormancy_outlive_a_run(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("hola")
    await customer.rests()
    await customer.handle.execute_update(CustomerAgent.takeover, Takeover(by="ana"))
    for number in range(8):
        await customer.handle.execute_update(CustomerAgent.reply, Reply(by="ana", text=f"humano {number}"))
    snapshot = await customer.rests()
    assert snapshot.mode is Mode.OPERATOR
    assert world.texts[1:] == [f"humano {number}" for number in range(8)]
    await customer.skip(minutes=31)
    await customer.until(lambda: world.notes[-1].status is Status.DORMANT)
