"""The worker: composition root of everything an agent does."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import uvloop
from temporalio.worker import PollerBehaviorSimpleMaximum, Worker

from activities.brain import Brain, Model
from activities.messenger import Messenger
from activities.screen import PostgresScreen
from channels.base import Channel
from channels.cloud_api import CloudApi
from channels.simulator import Simulator
from config import Settings, load
from connections import Connections, open_connections
from domain.company import ChannelKind
from logs import configure
from workflows.customer_agent import CustomerAgent
from workflows.options import TASK_QUEUE
from workflows.sandbox import runner

GRACE = timedelta(seconds=45)
"""How long a stopping worker lets running sends and thoughts finish; give it a few seconds more before killing it."""


def activities(connections: Connections, settings: Settings) -> Sequence[Callable[..., Any]]:
    """Every activity, over the open connections."""
    channels: dict[ChannelKind, Channel] = {
        ChannelKind.SIMULATOR: Simulator(PostgresScreen(connections.postgres)),
        ChannelKind.CLOUD_API: CloudApi(connections.http, settings.whatsapp_graph_url, settings.whatsapp_api_version),
    }
    directory, memory = connections.directory, connections.memory
    model = Model(settings.openai_model, simulated=settings.perennial_simulated_brain)
    brain = Brain(connections.openai, model, connections.companies, memory, connections.ledger)
    messenger = Messenger(channels, connections.companies, connections.ledger)
    return [
        *(directory.open_agent, directory.note_customer, directory.raise_alert),
        *(memory.remember, memory.record),
        brain.decide,
        *(messenger.show_seen, messenger.send, messenger.reconcile),
    ]


def build(connections: Connections, settings: Settings) -> Worker:
    """The Temporal worker. Slots and pollers are sized so that no agent starves behind busy ones."""
    return Worker(
        connections.temporal,
        task_queue=TASK_QUEUE,
        workflows=[CustomerAgent],
        activities=activities(connections, settings),
        workflow_runner=runner(),
        max_cached_workflows=settings.worker_cached_agents,
        max_concurrent_workflow_tasks=400,
        max_concurrent_activities=400,
        max_concurrent_local_activities=400,
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(10),
        activity_task_poller_behavior=PollerBehaviorSimpleMaximum(10),
        # After a worker was killed, its agents wait this long for it before another one takes them.
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=4),
        graceful_shutdown_timeout=GRACE,
    )


async def run(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT, then lets what runs finish."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_connections(settings) as connections:
        await connections.memory.prepare()
        async with build(connections, settings):
            await stop.wait()


def main() -> None:
    """The process `python worker.py`."""
    configure()
    uvloop.run(run(load()))


if __name__ == "__main__":
    main()
