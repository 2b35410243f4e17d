"""Heartbeats for activities that wait for somebody else's server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

INTERVAL = 2.5
"""Seconds between heartbeats; the first one comes after this, so that a quick call costs none."""


@asynccontextmanager
async def heartbeating() -> AsyncGenerator[None]:
    """Tells Temporal every few seconds that this activity's worker is alive, and lets a cancellation reach it."""
    beating = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat() -> None:
    while True:
        await asyncio.sleep(INTERVAL)
        activity.heartbeat()
