"""The API: WhatsApp's webhook, REST, the simulator. `uvicorn --factory api.main:from_environment`."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware

from api import openapi, pages, problems
from api.middleware import BodyLimit, Watch
from api.routes import agents, commands, companies, health, webhook, whatsapp
from api.services import lifespan
from api.simulator import routes as simulator
from config import Settings, load
from logs import configure

MAX_BYTES = 1024 * 1024
"""The largest body of any request but the webhook's."""

STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings) -> FastAPI:
    """The application; it connects to its servers when it starts, and starts while they are away."""
    app = FastAPI(
        title="Perennial",
        version="1",
        description=openapi.DESCRIPTION,
        openapi_url="/api/openapi.json",
        openapi_tags=openapi.TAGS,
        docs_url=None,  # FastAPI's own pages load scripts from a CDN
        redoc_url=None,
        lifespan=lifespan(settings),
        middleware=[
            Middleware(Watch),
            Middleware(BodyLimit, most=MAX_BYTES, most_at={webhook.PATH: webhook.MAX_BYTES}),
        ],
        generate_unique_id_function=openapi.operation_id,
    )
    problems.install(app)
    app.include_router(health.router)
    app.include_router(webhook.router, responses=openapi.WEBHOOK)
    app.include_router(whatsapp.router, responses=openapi.COMPANY)
    app.include_router(agents.router, responses=openapi.COMPANY)
    app.include_router(commands.router, responses=openapi.COMPANY)
    app.include_router(companies.router, responses=openapi.COMPANY)
    app.include_router(pages.router)
    if settings.perennial_simulator:
        app.include_router(simulator.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    openapi.install(app)
    return app


def from_environment() -> FastAPI:
    """The application for uvicorn; raises `SettingsError` naming whatever is missing."""
    configure()
    return create_app(load())
