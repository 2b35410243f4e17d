"""The application: its routes, and what every call to `/v1` has in common (key, log, headers, error shape)."""

import json
import time
import uuid
from collections.abc import Awaitable, Callable

from pydantic import JsonValue
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulated_openai import endpoints
from local.simulated_openai.control import Call, Control
from local.simulated_openai.control_routes import ControlRoutes
from local.simulated_openai.errors import ApiError, ClientGoneError
from local.simulated_openai.outcomes import Dropped
from local.simulated_openai.responses import Responses
from local.simulated_openai.settings import Settings

_SECRET = {"authorization", "api-key", "cookie"}
_LOGGED_CHARACTERS = 20_000  # Of a body that is no JSON, such as a form with a voice note.
_LIMITS = {
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-limit-tokens": "10000000",
    "x-ratelimit-remaining-tokens": "9999000",
    "x-ratelimit-reset-tokens": "6ms",
}

_Handler = Callable[[Request, Call], Awaitable[Response]]


def create_app(settings: Settings, control: Control | None = None) -> Starlette:
    """The simulated OpenAI as an ASGI application; its state is its own, or the `control` given."""
    held = control or Control(settings)
    table: list[tuple[str, str, _Handler]] = [
        ("POST", "/responses", Responses(held).create),
        ("POST", "/moderations", endpoints.moderations),
        ("POST", "/embeddings", endpoints.embeddings),
        ("POST", "/audio/transcriptions", endpoints.transcriptions),
        ("GET", "/models", endpoints.models),
        *((method, "/{path:path}", _nothing_here) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    ]
    return Starlette(
        routes=[
            *(Route(f"/v1{path}", _guarded(handler, held), methods=[method]) for method, path, handler in table),
            *ControlRoutes(held).routes(),
        ]
    )


def _guarded(handler: _Handler, control: Control) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        started = time.perf_counter()
        call = await _record(request, control)
        try:
            _authorise(request)
            response = await handler(request, call)
        except ApiError as error:
            response = error.response()
        except ClientGoneError:
            control.finish(call, None)
            return Dropped()
        control.finish(call, response.status_code)
        response.headers.update(_LIMITS)
        response.headers["x-request-id"] = f"req_{uuid.uuid4().hex}"
        response.headers["openai-processing-ms"] = str(round((time.perf_counter() - started) * 1000))
        return response

    return serve


async def _record(request: Request, control: Control) -> Call:
    raw = await request.body()
    try:
        body: JsonValue = json.loads(raw)
        text = json.dumps(body, ensure_ascii=False)
    except ValueError:
        body = text = raw.decode("utf-8", "replace")[:_LOGGED_CHARACTERS]
    headers = {name: value for name, value in request.headers.items() if name not in _SECRET}
    return control.record(request.method, request.url.path, headers, body, text)


def _authorise(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise ApiError(401, "You didn't provide an API key in an Authorization header.", code="invalid_api_key")


async def _nothing_here(request: Request, call: Call) -> Response:
    raise ApiError(404, f"Invalid URL ({request.method} {request.url.path})")
