"""The fake on a real port, inside this process."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import uvicorn

from local.fake_graph.app import create_app
from local.fake_graph.graph import FakeGraph
from local.fake_graph.settings import Settings


@dataclass(frozen=True)
class Served:
    """A running fake: its address (without a version) and its inside."""

    url: str
    graph: FakeGraph


@asynccontextmanager
async def serve(settings: Settings, webhooks: httpx2.AsyncClient | None = None) -> AsyncGenerator[Served, None]:
    """Runs the fake on a free port of 127.0.0.1 until the block is left."""
    app = create_app(settings, webhooks)
    # Listening before uvicorn starts: a client that comes too early waits in the backlog, so nobody has to poll.
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=1))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", app.state.graph)
        finally:
            server.should_exit = True
            await serving
