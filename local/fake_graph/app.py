"""The fake as an ASGI application."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI
from starlette.routing import Route

from local.fake_graph.control import Control
from local.fake_graph.endpoint import MessagesEndpoint
from local.fake_graph.graph import FakeGraph
from local.fake_graph.settings import Settings


def create_app(settings: Settings, webhooks: httpx2.AsyncClient | None = None) -> FastAPI:
    """The fake Graph API with its control API (described at `/docs`); webhooks go out over `webhooks` if given.

    `app.state.graph` is its `FakeGraph`, for a test in the same process. Closes neither a client it was given nor, when
    run without a lifespan, anything else.
    """
    http = webhooks or httpx2.AsyncClient()
    graph = FakeGraph(settings, http)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        yield
        await graph.close()
        if webhooks is None:
            await http.aclose()

    app = FastAPI(title="Fake Graph API", lifespan=lifespan)
    app.include_router(Control(graph).router())
    app.router.routes.append(Route("/{version}/{phone_number_id}/messages", MessagesEndpoint(graph), methods=["POST"]))
    app.state.graph = graph
    return app
