"""`GET /api/health`."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from api.health import HealthReport
from api.services import Wired

router = APIRouter(tags=["health"])


@router.get("/api/health", responses={503: {"model": HealthReport, "description": "Something is down."}})
async def health(services: Wired, response: Response) -> HealthReport:
    """What is up and what is not. 503 while messages cannot be taken; the model being away does not count."""
    report = await services.health.report()
    response.headers["Cache-Control"] = "no-store"
    if not report.up:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return report
