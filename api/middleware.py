"""What surrounds every request: the log, the limit of its body, the headers of its answer. Plain ASGI."""

import time
import traceback
from http import HTTPStatus
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

_log = structlog.get_logger(__name__)

_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        b" manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Watch:
    """Logs each request by its route, never by its path, which holds phones; turns what nobody expected into a 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            failure_id = uuid4().hex
            _log.error("request_failed", id=failure_id, kind=type(error).__name__, at=_frames(error))
            if status:
                raise
            await _unexpected(failure_id)(scope, receive, watched)
        milliseconds = round((time.monotonic() - began) * 1000, 1)
        _log.info("request", method=scope["method"], route=_route(scope), status=status, ms=milliseconds)


class BodyLimit:
    """Refuses a body of more bytes than its path allows with 413, before the application reads any of it."""

    def __init__(self, app: ASGIApp, *, most: int, most_at: dict[str, int]) -> None:
        """`most_at`: other limits for exact paths."""
        self._app = app
        self._most = most
        self._most_at = most_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        most = self._most_at.get(scope["path"], self._most)
        body = await _read(scope, receive, most)
        if body is None:
            detail = f"the body is larger than {most} bytes"
            refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "The body is too large", detail)
            await refusal(scope, receive, send)
            return
        pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return pending.pop() if pending else await receive()

        await self._app(scope, replay, send)


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


async def _read(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The body; None if it is larger than `most` bytes, or if the client went away before its end."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not declared.isdigit() or int(declared) > most:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > most or message["type"] == "http.disconnect":
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "-"))


def _frames(error: BaseException) -> list[str]:
    """Where it happened. Not what it says: an exception's message may quote what a customer wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _unexpected(failure_id: str) -> ASGIApp:
    detail = f"an unexpected failure; the log knows it as {failure_id}"
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", "Something went wrong here", detail, failure_id=failure_id
    )
