"""The Graph API behind its address: who may send, what is accepted, what the customer sees."""

import asyncio
import json
import uuid
from dataclasses import dataclass

import httpx2
from pydantic import JsonValue

from local.fake_graph import errors, payloads
from local.fake_graph.errors import GraphError
from local.fake_graph.gate import Gate
from local.fake_graph.inbound import Inbound
from local.fake_graph.journal import Journal
from local.fake_graph.limits import Limits
from local.fake_graph.plans import Plan, Plans
from local.fake_graph.requests import Read, Text, customer_key, read_request
from local.fake_graph.settings import Settings, StatusName
from local.fake_graph.webhooks import Webhooks

HTML = "<!doctype html><title>Sorry, something went wrong.</title>"


@dataclass(frozen=True)
class Answer:
    """An answer to the business; `DROPPED` stands for none."""

    http: int
    body: str
    content_type: str = "application/json"


DROPPED = Answer(0, "")


class FakeGraph:
    """One fake: everything it knows is here and gone with it, save the log file."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient) -> None:
        self.settings = settings
        self.journal = Journal(settings.log_file)
        self.gate = Gate()
        self.plans = Plans()
        self.limits = Limits(settings)
        self.webhooks = Webhooks(settings, http, self.journal)
        self.inbound = Inbound(settings, self.webhooks, self.limits, self.journal)

    async def messages(self, number: str, token: str | None, raw: bytes) -> Answer:
        """Serves `POST /{version}/{phone_number_id}/messages`."""
        request: Text | Read | None = None
        try:
            self._authorise(number, token)
            request = read_request(raw)
            return self._seen(number, request) if isinstance(request, Read) else await self._send(number, request)
        except GraphError as error:
            self._refuse(number, request, error.http, error.code, error.details or str(error))
            return _json(error.http, error.envelope())

    def script(self, plan: Plan) -> None:
        """Lets the next sends run into `plan`."""
        self.plans.add(customer_key(plan.to) if plan.to else None, plan)

    async def reset(self) -> None:
        """Back to the start, but for the settings and the log file."""
        self.gate.release()
        self.plans.clear()
        await self.webhooks.cancel()
        self.limits.forget()
        self.inbound.forget()
        self.journal.forget()

    async def close(self) -> None:
        """Stops what runs in the background."""
        self.gate.release()
        await self.webhooks.cancel()
        self.journal.close()

    def _authorise(self, number: str, token: str | None) -> None:
        numbers = self.settings.numbers
        if token not in numbers.values():
            raise errors.bad_token()
        if number not in numbers:
            raise errors.unknown_number(number)
        if numbers[number] != token:
            raise errors.foreign_number()

    def _seen(self, number: str, read: Read) -> Answer:
        if not self.inbound.knows(number, read.message_id):
            raise errors.unknown_message()
        self.journal.write("read", number=number, message_id=read.message_id, typing=read.typing)
        return _json(200, {"success": True})

    async def _send(self, number: str, text: Text) -> Answer:
        plan, held = self.plans.take(text.customer), self.gate.arrives()
        if held == "before":
            await self._hold(number, text, held)
        if plan.outcome in ("drop", "error", "html"):
            return await self._fail(number, text, plan)
        self.limits.check(number, text.customer)
        wamid = self._accept(number, text, plan)
        if held == "after":
            await self._hold(number, text, held)
        await asyncio.sleep(plan.seconds)
        self.journal.write("answered", wamid=wamid, how=plan.outcome)
        if plan.outcome == "accept_then_drop":
            return DROPPED
        return _json(200, {} if plan.outcome == "accept_without_id" else _receipt(text, wamid))

    async def _hold(self, number: str, text: Text, where: str) -> None:
        self.journal.write("held", number=number, to=text.to, callback_data=text.callback_data, where=where)
        await self.gate.wait()
        self.journal.write("released", number=number, to=text.to, callback_data=text.callback_data, where=where)

    async def _fail(self, number: str, text: Text, plan: Plan) -> Answer:
        await asyncio.sleep(plan.seconds)
        if plan.outcome == "error":
            raise GraphError(plan.http, plan.code, "Scripted error", "This error was asked for by the control API.")
        http = None if plan.outcome == "drop" else plan.http
        self._refuse(number, text, http, None, plan.outcome)
        return DROPPED if http is None else Answer(http, HTML, "text/html")

    def _refuse(self, number: str, request: Text | Read | None, http: int | None, code: int | None, why: str) -> None:
        to, data = (request.to, request.callback_data) if isinstance(request, Text) else (None, None)
        self.journal.write("refused", number=number, to=to, callback_data=data, http=http, code=code, why=why)

    def _accept(self, number: str, text: Text, plan: Plan) -> str:
        """From here on the customer has the message."""
        wamid = f"wamid.{uuid.uuid4().hex.upper()}"
        self.journal.write(
            "accepted", number=number, to=text.to, text=text.body, callback_data=text.callback_data, wamid=wamid
        )
        names = self.settings.statuses if plan.statuses is None else plan.statuses
        self.webhooks.later([_status(number, text, wamid, name, plan.code) for name in names])
        return wamid


def _status(number: str, text: Text, wamid: str, name: StatusName, code: int) -> tuple[str, bytes]:
    payload = payloads.status(number, name, wamid, text.customer, text.callback_data, code)
    return f"{name} {wamid}", payloads.encode(payload)


def _receipt(text: Text, wamid: str) -> dict[str, JsonValue]:
    known: dict[str, JsonValue] = {"wa_id": text.customer} if text.customer.isdigit() else {"user_id": text.customer}
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": text.to, **known}],
        "messages": [{"id": wamid}],
    }


def _json(http: int, body: dict[str, JsonValue]) -> Answer:
    return Answer(http, json.dumps(body))
