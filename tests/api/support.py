"""What the tests of the API share."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import httpx2

from domain.identity import CompanyId
from tests.conftest import APP_SECRET
from tests.serving import eventually

T = TypeVar("T")
Json = Any


@dataclass(frozen=True)
class Client:
    """An HTTP client that expects a status."""

    http: httpx2.AsyncClient

    async def get(self, path: str, status: int = 200, /, **params: str | int) -> Json:
        return checked(await self.http.get(path, params=params or None), status)

    async def post(self, path: str, body: object, status: int = 200, *, key: str | None = None) -> Json:
        headers = {"Idempotency-Key": key} if key else None
        return checked(await self.http.post(path, json=body, headers=headers), status)

    async def put(self, path: str, body: object, status: int = 200) -> Json:
        return checked(await self.http.put(path, json=body), status)

    async def delete(self, path: str, status: int = 204) -> Json:
        return checked(await self.http.delete(path), status)

    async def write(self, phone: str, text: str, message_id: str | None = None) -> str:
        """A customer writes, by way of the API."""
        message_id = message_id or uuid4().hex
        await self.post(f"/api/agents/{phone}/messages", {"id": message_id, "text": text, "name": "Ana"}, 202)
        return message_id

    async def conversation(self, phone: str, *, entries: int) -> list[Json]:
        """The transcript, once it has that many entries."""

        async def look() -> list[Json]:
            answer = await self.http.get(f"/api/agents/{phone}/messages")
            found: list[Json] = answer.json()["messages"] if answer.status_code == 200 else []
            return found if len(found) >= entries else []

        return await eventually(look)


@dataclass(frozen=True)
class Tenant:
    """A company of the tests."""

    id: CompanyId
    key: str
    client: Client
    number: str = ""


def checked(answer: httpx2.Response, status: int) -> Json:
    """The body, which for failures must be a problem."""
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
    return answer.json() if answer.content else None


def signed(payload: object, secret: str = APP_SECRET) -> tuple[bytes, dict[str, str]]:
    """A webhook's body and headers, as Meta sends them."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return raw, {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}


def texts(number: str, *messages: tuple[str, str, str]) -> Json:
    """A webhook with text messages: the sender with +, the message's id, its text."""
    listed = [
        {
            "from": sender[1:],
            "id": message_id,
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": text},
        }
        for sender, message_id, text in messages
    ]
    return change(number, messages=listed)


def change(number: str, *, field: str = "messages", **value: object) -> Json:
    """The envelope around a webhook's value."""
    metadata = {"display_phone_number": "525500000000", "phone_number_id": number}
    inner = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": field, "value": inner}]}],
    }
