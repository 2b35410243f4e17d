"""Runs the app: for the command line until interrupted, for tests and `perennial dev` within the current event loop."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette

from local.simulated_openai.app import create_app
from local.simulated_openai.control import Control
from local.simulated_openai.settings import Settings

HOST = "127.0.0.1"
_GRACE_SECONDS = 1


@dataclass(frozen=True)
class Running:
    """A server in this process."""

    origin: str
    """For the control endpoints: `http://127.0.0.1:PORT`."""

    control: Control

    @property
    def base_url(self) -> str:
        """What `OPENAI_BASE_URL` must be."""
        return f"{self.origin}/v1"


class _Server(uvicorn.Server):
    """A uvicorn that cuts off the calls still held when it goes down, instead of waiting for them."""

    def __init__(self, config: uvicorn.Config, control: Control) -> None:
        super().__init__(config)
        self._control = control

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._control.close()
        await super().shutdown(sockets)


class _Embedded(_Server):
    """One that tells when it listens and leaves the process's signal handlers alone."""

    def __init__(self, config: uvicorn.Config, control: Control) -> None:
        super().__init__(config, control)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def running(settings: Settings | None = None, port: int = 0) -> AsyncGenerator[Running]:
    """Serve in the current event loop; port 0 takes a free one. Calls still held at the end are cut off."""
    chosen = settings or Settings()
    control = Control(chosen)
    with socket.create_server((HOST, port)) as listener:
        server = _Embedded(_quiet(create_app(chosen, control)), control)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await asyncio.wait(
            {serving, listening := asyncio.create_task(server.listening.wait())}, return_when="FIRST_COMPLETED"
        )
        listening.cancel()
        try:
            yield Running(f"http://{HOST}:{listener.getsockname()[1]}", control)
        finally:
            server.should_exit = True
            await serving


async def run(settings: Settings, port: int) -> None:
    """Serve until SIGINT or SIGTERM, logging each call to the terminal."""
    control = Control(settings)
    app = create_app(settings, control)
    config = uvicorn.Config(app, HOST, port, lifespan="off", timeout_graceful_shutdown=_GRACE_SECONDS)
    await _Server(config, control).serve()


def _quiet(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app, lifespan="off", log_config=None, log_level="critical", timeout_graceful_shutdown=_GRACE_SECONDS
    )
