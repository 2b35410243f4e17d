"""A worker is killed at every step of a turn; the customer must not notice.

All scenarios begin at once, a few at a time (`staging.AT_ONCE`); each test waits for its own.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping

import httpx2
import pytest

from config import Settings
from connections import Connections
from local.fake_graph import Settings as GraphSettings
from local.fake_graph import serve
from local.simulated_openai.serving import running as simulated_openai
from tests.conftest import APP_SECRET
from tests.kill.scenarios import ALL, Scenario
from tests.kill.staging import AT_ONCE, Theatre, number_of, token_of
from tests.kill.switchboard import Switchboard

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("kill"), pytest.mark.timeout(300)]

Plays = Mapping[str, "asyncio.Task[float]"]


@pytest.fixture(scope="module")
async def theatre(
    settings: Settings, connections: Connections, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Theatre]:
    """One fake WhatsApp and one simulated model for all scenarios."""
    folder = tmp_path_factory.mktemp("kill")
    switchboard = Switchboard()
    numbers = [number_of(index) for index in range(len(ALL))]
    graph = GraphSettings(
        webhook_url="http://perennial.test/api/whatsapp/webhook",
        app_secret=APP_SECRET,
        numbers={number: token_of(number) for number in numbers},
        log_file=folder / "graph.jsonl",
    )
    async with (
        httpx2.AsyncClient(transport=httpx2.ASGITransport(switchboard)) as webhooks,
        serve(graph, webhooks) as fake,
        simulated_openai() as brain,
    ):
        ours = settings.model_copy(
            update={
                "openai_base_url": brain.base_url,
                "whatsapp_graph_url": fake.url,
                "perennial_simulator": False,
            }
        )
        slots = asyncio.Semaphore(AT_ONCE)
        yield Theatre(ours, connections, fake.graph, brain.control, switchboard, folder, slots)


@pytest.fixture(scope="module")
async def plays(theatre: Theatre, request: pytest.FixtureRequest) -> AsyncGenerator[Plays]:
    """Every scenario that was asked for, playing."""
    wanted = {item.name for item in request.session.items}
    tasks = {
        scenario.name: asyncio.create_task(theatre.play(scenario, index), name=scenario.name)
        for index, scenario in enumerate(ALL)
        if f"test_the_customer_does_not_notice[{scenario.name}]" in wanted
    }
    yield tasks
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)


@pytest.mark.parametrize("scenario", ALL, ids=[scenario.name for scenario in ALL])
async def test_the_customer_does_not_notice(scenario: Scenario, plays: Plays) -> None:
    await plays[scenario.name]
