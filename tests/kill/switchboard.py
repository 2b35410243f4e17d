"""Meta's one webhook address, in this process: each POST goes to the API of the company whose number it is about."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.main import create_app
from config import Settings


@dataclass
class Line:
    """One company's API; while `refuses_statuses` its webhook answers 503 to what became of our bubbles."""

    app: FastAPI
    state: Mapping[str, Any]
    refuses_statuses: bool = False


class Switchboard:
    """An ASGI application in front of one API for each scenario: each of them has a Temporal namespace of its own."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    @asynccontextmanager
    async def line(self, number: str, settings: Settings) -> AsyncGenerator[Line]:
        """Runs the real API over these settings for as long as the block lasts."""
        app = create_app(settings)
        async with app.router.lifespan_context(app) as state:
            line = self._lines[number] = Line(app, state or {})
            try:
                yield line
            finally:
                del self._lines[number]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        value = json.loads(body)["entry"][0]["changes"][0]["value"]
        line = self._lines.get(value["metadata"]["phone_number_id"])
        if line is None or (line.refuses_statuses and "statuses" in value):
            await Response(status_code=503)(scope, receive, send)
            return
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return messages.pop() if messages else {"type": "http.disconnect"}

        await line.app({**scope, "state": dict(line.state)}, replay, send)
