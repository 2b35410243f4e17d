"""Sets the stage of each scenario and plays it."""

import asyncio
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from config import Settings
from connections import Connections
from domain.company import CompanyFile
from domain.identity import CompanyId, Phone
from local.fake_graph import FakeGraph
from local.simulated_openai.control import Control
from tests.kill.oracle import Expected
from tests.kill.scenarios import Scenario
from tests.kill.switchboard import Switchboard
from tests.kill.trial import Stage, Trial
from upgrade import upgrade
from workflows.converter import CONVERTER

AT_ONCE = 10
"""Scenarios side by side: they mostly wait for time-outs, but each starts a worker two or three times."""

LIMIT = 150.0
"""Seconds that one scenario may take."""

QUICK = {
    "typing_ms_per_character": 10,
    "typing_max_seconds": 0.3,
    "burst_complete_seconds": 0.2,
    "burst_fragment_seconds": 0.2,
    "burst_max_seconds": 1,
}
"""A pace with something to wait for everywhere, and never for long."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Theatre:
    """What all scenarios share."""

    settings: Settings
    connections: Connections
    graph: FakeGraph
    brain: Control
    switchboard: Switchboard
    folder: Path
    slots: asyncio.Semaphore

    async def play(self, scenario: Scenario, index: int) -> float:
        """Plays one scenario and judges it; returns the seconds it took. Raises AssertionError with the evidence."""
        async with self.slots:
            began = time.monotonic()
            settings = await self._namespace(scenario)
            number, phone = number_of(index), Phone(f"+52551700{index:04d}")
            company = CompanyId(f"kill-{scenario.name}")
            await self.connections.companies.apply(_company(company, number, scenario.pacing))
            folder = self.folder / scenario.name
            folder.mkdir()
            async with self.switchboard.line(number, settings) as line:
                temporal = Client(
                    self.connections.temporal.service_client,
                    namespace=settings.temporal_namespace,
                    data_converter=CONVERTER,
                )
                stage = Stage(settings, temporal, company, phone, number, line, folder)
                await _judged(Trial(stage, self.graph, self.brain, scenario.kills), scenario)
            seconds = time.monotonic() - began
            log.info("%s: %.1f s", scenario.name, seconds)
            return seconds

    async def _namespace(self, scenario: Scenario) -> Settings:
        """A namespace of its own: no other scenario's worker takes this agent's tasks."""
        name = f"kill-{scenario.name}"
        settings = self.settings.model_copy(update={"temporal_namespace": name})
        day = Duration(seconds=86_400)
        request = RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=day)
        await self.connections.temporal.workflow_service.register_namespace(request)
        await upgrade(settings)
        return settings


def number_of(index: int) -> str:
    """The phone number id of a scenario's company."""
    return f"9000{index:04d}"


def token_of(number: str) -> str:
    """The token that may use this number, and no other."""
    return f"token-of-{number}"


async def _judged(trial: Trial, scenario: Scenario) -> None:
    trial.expected = Expected(
        calls=2 + scenario.calls,
        billed=2 + scenario.billed,
        resent=scenario.resent,
        events=scenario.events,
        untroubled=scenario.untroubled,
    )
    try:
        async with asyncio.timeout(LIMIT):
            await scenario.talk(trial)
    except TimeoutError:
        raise AssertionError(f"{scenario.name}: not over after {LIMIT:g} s\n{await trial.report()}") from None
    await trial.verdict()


def _company(company: CompanyId, number: str, pacing: dict[str, Any]) -> CompanyFile:
    return CompanyFile.model_validate(
        {
            "id": company,
            "name": "Escuela de Ventas",
            "language": "es",
            "timezone": "America/Mexico_City",
            "country": "MX",
            "currency": "MXN",
            "voice": {"persona": "Cálida y directa."},
            "pacing": QUICK | pacing,
            "channel": {"kind": "cloud_api", "phone_number_id": number, "access_token": token_of(number)},
        }
    )
