"""The control endpoints: how a test scripts the server from outside. No key is asked for; it listens on loopback only.

    GET    /_control            {"latency", "outcomes", "held", "requests"}
    PATCH  /_control            {"latency": seconds}
    POST   /_control/reset      nothing scripted, nothing held, empty log, first latency
    POST   /_control/outcomes   one outcome or a list; the next calls to /v1/responses take them in order:
                                {"reply": ["bubble", ...]}, {"answer": {...}}, {"raw_text": "..."}, {"refusal": "..."},
                                {"incomplete": "max_output_tokens" | "content_filter"} or {"fail": F}, F one of
                                rate_limit, insufficient_quota, server_error, overloaded, bad_gateway, context_length,
                                unauthorized, hang, drop; optionally with "when": text the body must contain,
                                "times": calls it is for, "retry_after_ms": of rate_limit
    DELETE /_control/outcomes   forget them
    POST   /_control/hold       {"when"?}: hold each matching call in mid-think from now on
    POST   /_control/release    {"when"?, "count"?} -> {"released": n}: let held calls go; without a count open the gate
    GET    /_control/held       {"held": n}; ?at_least=n&timeout=seconds waits for so many, 408 if they do not come
    GET    /_control/requests   {"requests": [{number, at, method, path, headers, body, end, status}]}, oldest first;
                                `end` is pending, answered or gone (the client left);
                                ?path= filters, ?at_least=n&timeout=seconds waits
    DELETE /_control/requests   empty the log

A request the real API would refuse is refused first and takes no outcome. A body that is no valid command gets 422.
"""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.simulated_openai.control import Control
from local.simulated_openai.outcomes import Outcome

_OUTCOMES = TypeAdapter[Outcome | list[Outcome]](Outcome | list[Outcome])
_Endpoint = Callable[[Request], Awaitable[Response]]


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Latency(_Command):
    latency: float = Field(ge=0)


class _Hold(_Command):
    when: str = ""


class _Release(_Command):
    when: str = ""
    count: int | None = Field(None, ge=0)


class _Wait(_Command):
    at_least: int = 0
    timeout: float = Field(5, ge=0, le=60)
    path: str = ""


def _checked(endpoint: _Endpoint) -> _Endpoint:
    async def serve(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ValidationError as error:
            return JSONResponse({"detail": error.errors(include_url=False, include_context=False)}, 422)
        except TimeoutError:
            return JSONResponse({"detail": "it did not happen in time"}, 408)

    return serve


class ControlRoutes:
    """The endpoints over one `Control`."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def routes(self) -> list[Route]:
        """Everything under `/_control`."""
        table: list[tuple[str, str, _Endpoint]] = [
            ("GET", "", self.state),
            ("GET", "/", self.state),
            ("PATCH", "", self.change),
            ("PATCH", "/", self.change),
            ("POST", "/reset", self.reset),
            ("POST", "/outcomes", self.script),
            ("DELETE", "/outcomes", self.forget),
            ("POST", "/hold", self.hold),
            ("POST", "/release", self.release),
            ("GET", "/held", self.held),
            ("GET", "/requests", self.requests),
            ("DELETE", "/requests", self.clear),
        ]
        return [Route(f"/_control{path}", _checked(endpoint), methods=[method]) for method, path, endpoint in table]

    async def state(self, request: Request) -> Response:
        """How things stand."""
        control = self._control
        numbers = {"outcomes": control.waiting_outcomes, "held": control.held, "requests": len(control.calls())}
        return JSONResponse({"latency": control.latency, **numbers})

    async def change(self, request: Request) -> Response:
        """Set the latency."""
        self._control.latency = _Latency.model_validate_json(await request.body()).latency
        return await self.state(request)

    async def reset(self, request: Request) -> Response:
        """Back to the beginning."""
        self._control.reset()
        return await self.state(request)

    async def script(self, request: Request) -> Response:
        """Queue outcomes."""
        outcomes = _OUTCOMES.validate_json(await request.body())
        self._control.script(outcomes if isinstance(outcomes, list) else [outcomes])
        return await self.state(request)

    async def forget(self, request: Request) -> Response:
        """Forget queued outcomes."""
        self._control.clear_outcomes()
        return await self.state(request)

    async def hold(self, request: Request) -> Response:
        """Close a gate."""
        self._control.hold(_Hold.model_validate_json(await request.body() or b"{}").when)
        return await self.state(request)

    async def release(self, request: Request) -> Response:
        """Let held calls go."""
        command = _Release.model_validate_json(await request.body() or b"{}")
        return JSONResponse({"released": self._control.release(command.when, command.count)})

    async def held(self, request: Request) -> Response:
        """Count the held calls, waiting for them if asked."""
        wait = _Wait.model_validate(dict(request.query_params))
        await self._control.until(lambda: self._control.held >= wait.at_least, wait.timeout)
        return JSONResponse({"held": self._control.held})

    async def requests(self, request: Request) -> Response:
        """Show the log, waiting for calls if asked."""
        wait = _Wait.model_validate(dict(request.query_params))
        await self._control.until(lambda: len(self._control.calls(wait.path)) >= wait.at_least, wait.timeout)
        return JSONResponse({"requests": [call.shown() for call in self._control.calls(wait.path)]})

    async def clear(self, request: Request) -> Response:
        """Empty the log."""
        self._control.clear_log()
        return await self.state(request)
