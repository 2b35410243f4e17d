"""The few pages, from templates beside the code; nothing of them is loaded from elsewhere."""

from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from api.services import Services, Wired
from domain.errors import NotFound

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
async def home(request: Request, services: Wired) -> HTMLResponse:
    """What this is and where to go."""
    health = await services.health.report()
    shown = services.settings.perennial_simulator and health.postgres.up
    context = {
        "settings": services.settings,
        "health": health,
        # Names for a developer's own machine; elsewhere anybody can open this page.
        "companies": await services.connections.companies.all() if shown else [],
        "agents_url": _agents_url(services),
    }
    return _templates.TemplateResponse(request, "home.html", context)


@router.get("/simulator")
async def simulator(request: Request, services: Wired) -> HTMLResponse:
    """A customer's phone, in the browser."""
    settings = services.settings
    if not settings.perennial_simulator:
        raise NotFound("the simulator is switched off; PERENNIAL_SIMULATOR=true serves it")
    context = {"settings": settings, "agents_url": _agents_url(services)}
    return _templates.TemplateResponse(request, "simulator.html", context)


def _agents_url(services: Services) -> str:
    """Temporal's Web UI at the list of workflows; "" where it is not known."""
    settings = services.settings
    if not settings.temporal_ui_url:
        return ""
    return f"{settings.temporal_ui_url.rstrip('/')}/namespaces/{quote(settings.temporal_namespace, safe='')}/workflows"
