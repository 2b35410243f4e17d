"""OpenAI's error answers: `{"error": {"message", "type", "param", "code"}}` with a status."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from starlette.responses import JSONResponse

INVALID = "invalid_request_error"


class ApiError(Exception):
    """A call that OpenAI would refuse; `response()` is the refusal as the client sees it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = INVALID,
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": kind, "param": param, "code": code}
        self.headers = dict(headers or {})

    def response(self) -> JSONResponse:
        """The error as an HTTP answer."""
        return JSONResponse({"error": self.error}, self.status, self.headers)


class ClientGoneError(Exception):
    """The client hung up while its call was held, hung or thought about."""


def from_validation(error: ValidationError) -> ApiError:
    """The first thing wrong with a body, worded as OpenAI words it. Always 400."""
    first = error.errors(include_url=False, include_input=False)[0]
    param = _path(first["loc"])
    match first["type"]:
        case "json_invalid":
            return ApiError(400, "We could not parse the JSON body of your request.")
        case "extra_forbidden":
            return ApiError(400, f"Unknown parameter: '{param}'.", code="unknown_parameter", param=param)
        case "missing":
            return ApiError(
                400, f"Missing required parameter: '{param}'.", code="missing_required_parameter", param=param
            )
        case kind:
            code = "invalid_type" if kind.endswith("_type") else "invalid_value"
            return ApiError(400, f"Invalid value for '{param}': {first['msg']}.", code=code, param=param)


def _path(location: Sequence[int | str]) -> str:
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path
