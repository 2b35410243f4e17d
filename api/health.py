"""What is up and what is not."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from pydantic import BaseModel, Field

from config import Settings
from connections import Connections

WITHIN = 2.0
"""Seconds a server has to answer."""

BRAIN_ASKED_EVERY = 30.0
"""Seconds between looks at the model's server: its state is shown, and does not decide whether the API can work."""


class Check(BaseModel):
    """One server."""

    up: bool
    ms: float = Field(description="How long the answer took, in milliseconds.")


class BrainCheck(Check):
    """The model's server; while it is away agents wait, and no message is lost."""

    label: str = Field(description="Which brain answers.")


class HealthReport(BaseModel):
    """`up` when everything is there that a message needs to be taken and shown."""

    up: bool
    temporal: Check
    postgres: Check
    mongodb: Check
    openai: BrainCheck


class Health:
    """Asks every server, all at once."""

    def __init__(self, connections: Connections, settings: Settings) -> None:
        self._connections = connections
        self._label = settings.perennial_brain_label
        self._brain: tuple[float, Check] | None = None

    async def report(self) -> HealthReport:
        """The state of things at this moment, after `WITHIN` seconds at most. Raises nothing."""
        connections = self._connections
        temporal, postgres, mongodb, brain = await asyncio.gather(
            _checked(self._ask_temporal),
            _checked(connections.postgres.alive),
            _checked(connections.memory.alive),
            self._brain_check(),
        )
        return HealthReport(
            up=temporal.up and postgres.up and mongodb.up,
            temporal=temporal,
            postgres=postgres,
            mongodb=mongodb,
            openai=BrainCheck(up=brain.up, ms=brain.ms, label=self._label),
        )

    async def _ask_temporal(self) -> None:
        if not await self._connections.temporal.service_client.check_health(timeout=timedelta(seconds=WITHIN)):
            raise ConnectionError("Temporal's frontend does not serve")

    async def _brain_check(self) -> Check:
        if self._brain is None or time.monotonic() - self._brain[0] > BRAIN_ASKED_EVERY:
            self._brain = time.monotonic(), await _checked(self._ask_brain)
        return self._brain[1]

    async def _ask_brain(self) -> None:
        # Without the key: any answer, a refusal too, shows that the server is there.
        answer = await self._connections.http.get(f"{self._connections.openai.base_url}models")
        if answer.is_server_error:
            raise ConnectionError(f"answers {answer.status_code}")


async def _checked(ask: Callable[[], Awaitable[None]]) -> Check:
    began = time.monotonic()
    try:
        async with asyncio.timeout(WITHIN):
            await ask()
        up = True
    except Exception:  # whatever it is, the server did not answer as it should
        up = False
    return Check(up=up, ms=round((time.monotonic() - began) * 1000, 1))
