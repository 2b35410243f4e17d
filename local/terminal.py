"""`perennial chat`: the simulated phone in a terminal."""

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
from rich.console import Console
from rich.markup import escape

from config import Settings
from domain.errors import Unavailable
from domain.identity import parse_company, parse_phone

_TYPING_LASTS = 25.0
"""Seconds after which WhatsApp takes "typing…" away."""

_RETRY_AFTER = 1.0


class Phone:
    """One customer's phone, connected to a running `perennial dev`."""

    def __init__(self, http: httpx2.AsyncClient, company: str, phone: str, name: str) -> None:
        self._http = http
        self._who = {"company": parse_company(company), "phone": parse_phone(phone)}
        self._name = name or None
        self._screen = Console(highlight=False)
        self._ours: set[str] = set()

    async def send(self, text: str) -> None:
        """Sends until the API has it, as a phone does; always under the same id. Raises `Unavailable` for a refusal."""
        message = {**self._who, "id": f"terminal.{secrets.token_hex(10)}", "text": text, "name": self._name}
        self._ours.add(str(message["id"]))
        while True:
            answer = await self._http.post("/simulator/api/messages", json=message)
            if answer.status_code < 400:
                return
            if answer.status_code < 500:
                raise Unavailable(answer.json().get("detail", answer.text))
            self._screen.print("[dim]  (not delivered yet, trying again)[/dim]")
            await asyncio.sleep(_RETRY_AFTER)

    async def watch(self) -> None:
        """Prints what happens on this phone, for ever, from its first message on."""
        last = 0
        while True:
            try:
                async for number, event in self._events(last):
                    last = number
                    self._show(event)
            except httpx2.TransportError:
                await asyncio.sleep(_RETRY_AFTER)

    async def _events(self, after: int) -> AsyncGenerator[tuple[int, dict[str, Any]]]:
        """The server-sent events after an id (WHATWG HTML, "Server-sent events": fields `id` and `data`)."""
        query = {**self._who, "after": str(after)}
        number = after
        async with self._http.stream("GET", "/simulator/api/events", params=query, timeout=None) as stream:
            if stream.status_code >= 400:
                raise Unavailable(json.loads(await stream.aread()).get("detail", "the simulator does not answer"))
            async for line in stream.aiter_lines():
                if line.startswith("id:"):
                    number = int(line[3:])
                elif line.startswith("data:"):
                    yield number, json.loads(line[5:])

    def _show(self, event: dict[str, Any]) -> None:
        match event["kind"]:
            case "bubble":
                self._screen.print(f"[green]agent[/green]  {escape(event['text'])}")
            case "customer" if event["id"] not in self._ours:
                self._screen.print(f"[cyan]you[/cyan]    {escape(event['text'])}")
            case "typing" if event["age"] < _TYPING_LASTS:
                self._screen.print("[dim]agent  typing …[/dim]")
            case _:
                pass


async def chat(settings: Settings, company: str, phone: str, name: str) -> None:
    """Talks until end of input (Ctrl-D). Raises `Unavailable` when nothing runs, or the company has real customers."""
    base = f"http://{settings.host}:{settings.port}"
    async with httpx2.AsyncClient(base_url=base, timeout=30) as http:
        customer = Phone(http, company, phone, name)
        try:
            (await http.get("/simulator/api/customers", params={"company": company})).raise_for_status()
        except httpx2.HTTPError as error:
            raise Unavailable(f"no simulator answers at {base}; start one with: perennial dev") from error
        print(f"You are {phone} at {company}. Write, Enter sends, Ctrl-D ends.")  # noqa: T201 - a conversation
        watching = asyncio.create_task(customer.watch())
        try:
            await _write(customer)
        finally:
            watching.cancel()


async def _write(customer: Phone) -> None:
    while True:
        try:
            text = await asyncio.to_thread(input)
        except EOFError:
            return
        if text.strip():
            await customer.send(text)
