"""What tests hold in their hands: scripted outcomes, gates, the latency and the request log."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from pydantic import JsonValue

from local.simulated_openai.errors import ClientGoneError
from local.simulated_openai.outcomes import Outcome
from local.simulated_openai.settings import Settings


@dataclass
class Call:
    """One call to `/v1/...`, as the request log keeps it."""

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: JsonValue
    text: str
    """The body as compact JSON without escapes: what `when` is looked up in."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    end: Literal["pending", "answered", "gone"] = "pending"
    status: int | None = None

    def shown(self) -> dict[str, JsonValue]:
        """The call as `GET /_control/requests` shows it."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "method": self.method,
            "path": self.path,
            "headers": dict(self.headers),
            "body": self.body,
            "end": self.end,
            "status": self.status,
        }


@dataclass(eq=False)
class _Held:
    call: Call
    freed: asyncio.Event = field(default_factory=asyncio.Event)


class Control:
    """The server's scriptable state. Use it from the server's own event loop, or over `/_control`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._changed = asyncio.Event()
        self._closed = asyncio.Event()
        self._gates: list[str] = []
        self._held: list[_Held] = []
        self._outcomes: list[Outcome] = []
        self._log: deque[Call] = deque(maxlen=settings.log_size)
        self._count = 0
        self.latency = settings.latency_seconds

    @property
    def held(self) -> int:
        """How many calls are held in mid-think now."""
        return len(self._held)

    @property
    def waiting_outcomes(self) -> int:
        """How many outcomes are scripted and not used yet, each counted as often as it will be used."""
        return sum(outcome.times for outcome in self._outcomes)

    def calls(self, path: str = "") -> list[Call]:
        """The log, oldest first; with a path, only the calls to it."""
        return [call for call in self._log if path in ("", call.path)]

    def record(self, method: str, path: str, headers: dict[str, str], body: JsonValue, text: str) -> Call:
        """Log a call that has just come in."""
        self._count += 1
        call = Call(self._count, method, path, headers, body, text)
        self._log.append(call)
        self._notify()
        return call

    def finish(self, call: Call, status: int | None) -> None:
        """Log how a call ended; None when the client left before its answer."""
        call.end, call.status = ("gone", None) if status is None else ("answered", status)
        self._notify()

    def script(self, outcomes: list[Outcome]) -> None:
        """Queue outcomes behind those already waiting."""
        self._outcomes.extend(outcomes)

    def next_outcome(self, call: Call) -> Outcome | None:
        """Take the first outcome meant for this call: as it arrives, even if it is held or gone later."""
        for index, outcome in enumerate(self._outcomes):
            if outcome.when in call.text:
                left = outcome.times - 1
                self._outcomes[index : index + 1] = [outcome.model_copy(update={"times": left})] if left else []
                return outcome
        return None

    def hold(self, when: str = "") -> None:
        """From now on, hold each call whose body contains `when` until it is released."""
        self._gates.append(when)

    def release(self, when: str = "", count: int | None = None) -> int:
        """Let held calls go, the oldest first; returns how many.

        Without a count the gates with the same `when` (all, when it is empty) open too; with one they stay closed.
        """
        if count is None:
            self._gates = [gate for gate in self._gates if when not in ("", gate)]
        freed = [held for held in self._held if when in held.call.text][:count]
        for held in freed:
            held.freed.set()
            self._held.remove(held)
        self._notify()
        return len(freed)

    async def pass_gates(self, call: Call) -> None:
        """Wait while the call is held. Raises ClientGoneError when the server closes meanwhile."""
        if not any(gate in call.text for gate in self._gates):
            return
        held = _Held(call)
        self._held.append(held)
        self._notify()
        try:
            await held.freed.wait()
        finally:
            if held in self._held:
                self._held.remove(held)
                self._notify()
        if self._closed.is_set():
            raise ClientGoneError

    async def hang(self) -> None:
        """Wait until the server closes: a call that never gets its answer. Then raises ClientGoneError."""
        await self._closed.wait()
        raise ClientGoneError

    async def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait until a condition on this state holds. Raises TimeoutError after so many seconds."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self._changed.wait()

    def clear_outcomes(self) -> None:
        """Forget what is scripted."""
        self._outcomes.clear()

    def clear_log(self) -> None:
        """Forget the calls logged so far."""
        self._log.clear()

    def reset(self) -> None:
        """Back to the beginning: nothing scripted, nothing held, an empty log, the latency of the settings."""
        self.clear_outcomes()
        self.release()
        self.clear_log()
        self.latency = self._settings.latency_seconds

    def close(self) -> None:
        """Cut off every call that is held or hangs: the server is going down."""
        self._closed.set()
        self.release()

    def _notify(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
