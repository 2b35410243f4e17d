"""What a test may script for a `/v1/responses` call."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from local.simulated_openai.errors import ApiError


class Failure(StrEnum):
    """The ways a call fails."""

    RATE_LIMIT = "rate_limit"
    QUOTA = "insufficient_quota"
    SERVER_ERROR = "server_error"
    OVERLOADED = "overloaded"
    BAD_GATEWAY = "bad_gateway"
    CONTEXT_LENGTH = "context_length"
    UNAUTHORIZED = "unauthorized"
    HANG = "hang"
    DROP = "drop"


_SCRIPTABLE = ("reply", "answer", "raw_text", "refusal", "incomplete", "fail")


class Outcome(BaseModel):
    """One scripted outcome: exactly one of `reply`, `answer`, `raw_text`, `refusal`, `incomplete` and `fail`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reply: list[str] | None = Field(
        None, description="Bubbles of a `reply` decision, in the schema that was asked for."
    )
    answer: dict[str, JsonValue] | None = Field(None, description="The whole JSON the model answers, sent as it is.")
    raw_text: str | None = Field(None, description="The output text, whatever it is: rubbish, half a JSON, nothing.")
    refusal: str | None = Field(None, description="A completed response whose only content is this refusal.")
    incomplete: Literal["max_output_tokens", "content_filter"] | None = Field(
        None, description="Status `incomplete` for this reason, with the first half of what would have been answered."
    )
    fail: Failure | None = None
    retry_after_ms: int = Field(1000, ge=0, description="For `rate_limit`: milliseconds in `retry-after-ms`.")
    when: str = Field("", description="Only for a call whose JSON body contains this text; empty for any.")
    times: int = Field(1, ge=1, description="How many calls it is for.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        named = [name for name in _SCRIPTABLE if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError(f"an outcome is exactly one of {', '.join(_SCRIPTABLE)}; this one has {named or 'none'}")
        return self


_ERRORS = {
    Failure.QUOTA: (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
    Failure.SERVER_ERROR: (500, "server_error", None, "The server had an error processing your request."),
    Failure.OVERLOADED: (503, "server_error", "overloaded", "The engine is currently overloaded."),
    Failure.CONTEXT_LENGTH: (
        400,
        "invalid_request_error",
        "context_length_exceeded",
        "Your input exceeds the context window of this model.",
    ),
    Failure.UNAUTHORIZED: (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
}


class Dropped(Response):
    """Begins an answer and ends it early: the server then cuts the connection, as a dying proxy would."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"id": ', "more_body": True})


def failure_response(outcome: Outcome, failure: Failure) -> Response:
    """The HTTP answer of a failure. `hang` has none; the caller never answers it."""
    if failure is Failure.BAD_GATEWAY:
        return HTMLResponse("<html><body><h1>502 Bad Gateway</h1>cloudflare</body></html>", 502)
    if failure is Failure.DROP:
        return Dropped()
    if failure is Failure.RATE_LIMIT:
        milliseconds = outcome.retry_after_ms
        raise ApiError(
            429,
            f"Rate limit reached for requests. Please try again in {milliseconds}ms.",
            kind="requests",
            code="rate_limit_exceeded",
            headers={"retry-after-ms": str(milliseconds), "retry-after": str(-(-milliseconds // 1000))},
        )
    status, kind, code, message = _ERRORS[failure]
    raise ApiError(status, message, kind=kind, code=code)
