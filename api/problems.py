"""Every failure as `application/problem+json` (RFC 9457): one table says which status each one has."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from activities.store_errors import OUTAGES, UNSTORABLE
from activities.vault import VaultClosed
from channels.webhook import MalformedPayload
from domain.errors import InvalidInput, NotAllowed, NotFound, Refused, Unavailable

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 20
RETRY_AFTER = "5"
"""Seconds after which a 503 is worth another try."""

_log = structlog.get_logger(__name__)


class KeyMissing(NotAllowed):
    """No key, or a key that opens nothing."""


class FaultFound(BaseModel):
    """One thing wrong with a request."""

    where: str = Field(description="The field, e.g. `body.text` or `query.limit`.")
    why: str


class Problem(BaseModel):
    """What went wrong, for a program (`type`) and for a person (`detail`)."""

    type: str = Field(description="A stable name of this kind of problem.", examples=["urn:perennial:invalid-input"])
    title: str
    status: int
    detail: str
    errors: list[FaultFound] = Field(default_factory=list[FaultFound])
    id: str | None = Field(default=None, description="Of an unexpected failure: the same id is in the log.")


@dataclass(frozen=True)
class Kind:
    """How one kind of failure is shown; `detail` replaces the exception's own words where those are not for others."""

    status: HTTPStatus
    name: str
    title: str
    detail: str | None = None


_AWAY = Kind(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable",
    "A server is away",
    "a database does not answer; send the same request again",
)
_UNSTORABLE = Kind(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "invalid-input",
    "The request is not right",
    "a text holds the character NUL, which cannot be stored",
)

KINDS: Mapping[type[Exception], Kind] = {
    MalformedPayload: Kind(HTTPStatus.BAD_REQUEST, "malformed", "The body cannot be read"),
    KeyMissing: Kind(HTTPStatus.UNAUTHORIZED, "key-missing", "A valid API key is needed"),
    NotAllowed: Kind(HTTPStatus.FORBIDDEN, "not-allowed", "This key may not do that"),
    NotFound: Kind(HTTPStatus.NOT_FOUND, "not-found", "There is no such thing"),
    Refused: Kind(HTTPStatus.CONFLICT, "refused", "Not possible at this moment"),
    InvalidInput: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-input", "The request is not right"),
    Unavailable: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "A server is away"),
    VaultClosed: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "vault-closed", "Credentials cannot be encrypted or read"),
} | {**dict.fromkeys(OUTAGES, _AWAY), **dict.fromkeys(UNSTORABLE, _UNSTORABLE)}


def install(app: FastAPI) -> None:
    """Registers a handler for each failure of the table, for bad requests and for unknown addresses."""
    for each in KINDS:
        app.add_exception_handler(each, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def problem(
    status: int,
    name: str,
    title: str,
    detail: str,
    *,
    errors: list[FaultFound] | None = None,
    failure_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The response. Half an emoji in what the client sent must not make the answer itself fail."""
    body = Problem(
        type=f"urn:perennial:{name}", title=title, status=status, detail=detail, errors=errors or [], id=failure_id
    )
    content = body.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE, headers=headers)


async def _expected(_request: Request, error: Exception) -> JSONResponse:
    kind = next(KINDS[parent] for parent in type(error).__mro__ if parent in KINDS)
    headers: dict[str, str] = {}
    if kind.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if kind.status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = RETRY_AFTER
        _log.warning("unavailable", kind=type(error).__name__, cause=type(error.__cause__).__name__)
    return problem(kind.status, kind.name, kind.title, kind.detail or _clean(str(error)), headers=headers)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [_fault(each) for each in error.errors()[:MOST_FAULTS]]
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return problem(HTTPStatus.BAD_REQUEST, "malformed", "The body cannot be read", "the body is not valid JSON")
    detail = "; ".join(f"{fault.where}: {fault.why}" for fault in faults)
    kind = KINDS[InvalidInput]
    return problem(kind.status, kind.name, kind.title, detail, errors=faults)


def _fault(error: Mapping[str, object]) -> FaultFound:
    where = ".".join(map(str, cast("tuple[object, ...]", error["loc"])))
    return FaultFound(where=_clean(where)[:200], why=_clean(str(error["msg"])).removeprefix("Value error, ")[:300])


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    name = status.phrase.lower().replace(" ", "-")
    return problem(status, name, status.phrase, error.detail or status.description, headers=error.headers)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
