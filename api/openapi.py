"""The API's description of itself, at /api/openapi.json."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.problems import MEDIA_TYPE, Problem

DESCRIPTION = """\
Every customer of a business has a permanent agent on WhatsApp. This API hands it messages, shows what it knows and
lets people take the conversation over. Failures are `application/problem+json`."""

TAGS = [
    {"name": "health", "description": "What is up and what is not."},
    {"name": "whatsapp", "description": "The company's number: webhook, state, texts of its own systems."},
    {"name": "agents", "description": "The customers' agents."},
    {"name": "companies", "description": "Settings, products and API keys."},
]

_SAYS = {
    400: "The body cannot be read.",
    401: "A valid API key is needed.",
    403: "The key, token or signature does not allow this.",
    404: "There is no such company, agent or key.",
    409: "Not possible at this moment.",
    413: "The body is too large.",
    422: "The request is not right; `errors` says what and where.",
    503: "A server is away; send the same request again.",
}


def _problems(statuses: Iterable[int]) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem, "description": _SAYS[status]} for status in statuses}


WEBHOOK = _problems([400, 403, 413, 422, 503])
"""How the webhook can fail."""

COMPANY = _problems([400, 401, 403, 404, 409, 413, 422, 503])
"""How requests with an API key can fail."""


def operation_id(route: APIRoute) -> str:
    """The function's name: a client generator makes it the method's."""
    return route.name


def install(app: FastAPI) -> None:
    """Describes problems under their own media type, which FastAPI cannot say of a single response."""
    generate = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            for response in _failures(generate()):
                content = response["content"]
                content[MEDIA_TYPE] = content.pop("application/json", None) or content.pop("text/plain")
        return generate()

    app.openapi = described  # type: ignore[method-assign]


def _failures(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    responses = [response for operation in operations for response in operation["responses"].values()]
    return [response for response in responses if str(response).find("schemas/Problem'") >= 0]
