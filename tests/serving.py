"""The API behind a real HTTP server, and waiting for what must come."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import uvicorn

from api.main import create_app
from config import Settings

T = TypeVar("T")


async def eventually(look: Callable[[], Awaitable[T]], within: float = 20.0) -> T:
    """The first truthy answer of `look`; raises TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while True:
            if answer := await look():
                return answer
            await asyncio.sleep(0.03)


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[str]:
    """The API behind a real HTTP server; yields its address."""
    port = free_port()
    config = uvicorn.Config(
        create_app(settings), port=port, log_config=None, access_log=False, timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        assert not task.done(), "the API did not start"
        return server.started

    await eventually(started)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
