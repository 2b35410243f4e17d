"""Agents on the real server's time-skipping mode: every workflow has a clock of its own."""

import asyncio
import secrets
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from domain.messages import Inbound
from domain.state import AgentState
from domain.work import AgentSnapshot
from tests.workflows.world import World
from workflows import attributes
from workflows.converter import CONVERTER
from workflows.customer_agent import CustomerAgent
from workflows.sandbox import runner

Handle = WorkflowHandle[Any, Any]


async def time_skipping() -> AsyncGenerator[WorkflowEnvironment]:
    """The dev server with virtual clocks; time passes normally until a test fast-forwards one workflow."""
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=CONVERTER,
        dev_server_existing_path=str(Path(sys.executable).parent / "temporal"),
        dev_server_log_level="error",
        search_attributes=list(attributes.ALL),
        dev_server_extra_args=["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"],
    )
    yield environment
    await environment.shutdown()


env = pytest.fixture(scope="session", name="env")(time_skipping)


class Customer:
    """A customer and the agent that is theirs."""

    def __init__(self, env: WorkflowEnvironment, world: World, queue: str) -> None:
        self.env = env
        self.world = world
        self._queue = queue
        self.id = f"agent/acme/+52551{secrets.randbelow(10**7):07d}"

    @property
    def handle(self) -> Handle:
        """The agent's workflow."""
        return self.env.client.get_workflow_handle(self.id)

    async def start(self, carried: AgentState | None = None) -> None:
        """Starts the agent without a message."""
        await self.env.client.start_workflow(
            CustomerAgent.run, carried, id=self.id, task_queue=self._queue, execution_timeout=timedelta(days=3650)
        )

    async def says(self, text: str, id: str | None = None, **fields: Any) -> None:
        """One message, as the webhook signals it."""
        message = Inbound(id=id or f"wamid.{secrets.token_hex(8)}", text=text, **fields)
        await self.signals(message)

    async def signals(self, payload: Any, signal: str = "receive") -> None:
        """Any payload, as a client in any language could send it."""
        await self.env.client.start_workflow(
            CustomerAgent.run,
            None,
            id=self.id,
            task_queue=self._queue,
            start_signal=signal,
            start_signal_args=[payload],
            execution_timeout=timedelta(days=3650),
        )

    async def snapshot(self) -> AgentSnapshot:
        """What the agent says of itself."""
        return await self.handle.query(CustomerAgent.snapshot)

    async def until(self, reached: Callable[[], bool], seconds: float = 20) -> None:
        """Polls the world; fails with the agent's own account."""
        try:
            async with asyncio.timeout(seconds):
                while not reached():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pytest.fail(f"never happened; agent: {await self.snapshot()}, sent: {self.world.texts}")

    async def rests(self) -> AgentSnapshot:
        """Waits until nothing is left to do."""
        async with asyncio.timeout(20):
            while True:
                snapshot = await self.snapshot()
                if snapshot.waits_for in ("the customer", "a human of the business") and not snapshot.unanswered:
                    return snapshot
                await asyncio.sleep(0.02)

    async def histories(self) -> list[WorkflowHistory]:
        """The history of each run, the first one first."""
        run: str | None = None
        found: list[WorkflowHistory] = []
        while run != "":
            found.insert(0, await self.env.client.get_workflow_handle(self.id, run_id=run).fetch_history())
            run = found[0].events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        return found

    async def skip(self, **duration: float) -> None:
        """Lets this agent's clock run ahead."""
        await self.env.fast_forward(self.handle, timedelta(**duration))


class CustomerMaker(Protocol):
    """Makes a customer of a world; worlds live as long as the test."""

    def __call__(self, world: World) -> Awaitable[Customer]: ...


async def living(env: WorkflowEnvironment) -> AsyncGenerator[CustomerMaker]:
    """Runs a worker for each world. Every history that the test made is replayed at its end."""
    customers: list[Customer] = []
    workers: list[Worker] = []

    async def make(world: World) -> Customer:
        queue = f"agents-{secrets.token_hex(4)}"
        worker = Worker(
            env.client,
            task_queue=queue,
            workflows=[CustomerAgent],
            activities=world.activities(),
            workflow_runner=runner(),
            max_cached_workflows=50,
        )
        await worker.__aenter__()
        workers.append(worker)
        customers.append(Customer(env, world, queue))
        return customers[-1]

    yield make
    replayer = Replayer(workflows=[CustomerAgent], data_converter=CONVERTER, workflow_runner=runner())
    for customer in customers:
        for history in await customer.histories():
            await replayer.replay_workflow(history)
        await customer.handle.terminate("the test is over")
    for worker in workers:
        await worker.__aexit__(None, None, None)


live = pytest.fixture(name="live")(living)
