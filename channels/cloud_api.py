"""Meta's Cloud API: texts, read receipts and "typing…".

Source: Meta, "WhatsApp Cloud API: Messages", "Mark messages as read" and "Typing indicators". The API has no
idempotency key: a send without a clear answer is `FailureKind.UNKNOWN`, to be settled by the status webhook that echoes
our id.
"""

import asyncio
import json
from collections.abc import Mapping

import httpx2
from pydantic import BaseModel, Field, JsonValue, ValidationError

from channels.base import Account, OutboundText, SendRefused
from channels.cloud_api_errors import lost, refused
from domain.delivery import FailureKind
from domain.identity import Phone, is_user_id
from domain.messages import MAX_TEXT

CONNECT_SECONDS = 5.0
"""For a place in the pool, and again for the connection."""

TOTAL_SECONDS = 20.0
"""For one whole call: more than pool, connection and TLS take together, so running out of it is never "not sent"."""


class _Sent(BaseModel):
    id: str = Field(min_length=1)


class _Accepted(BaseModel):
    messages: list[_Sent]


class CloudApi:
    """The `Channel` to Meta's Cloud API, over a client that somebody else opens and closes.

    `graph_url` is the address without a version (`https://graph.facebook.com`), `version` like `v26.0`,
    `total_seconds` the limit of one whole call.
    """

    def __init__(
        self, http: httpx2.AsyncClient, graph_url: str, version: str, *, total_seconds: float = TOTAL_SECONDS
    ) -> None:
        self._http = http
        self._base = f"{graph_url.rstrip('/')}/{version}"
        self._total_seconds = total_seconds

    async def send(self, account: Account, message: OutboundText) -> str:
        """Sends one text and returns its `wamid`; raises `SendRefused`.

        Meta answering with an id means accepted, not delivered: the rest comes by status webhook.
        """
        if not message.text.strip() or len(message.text) > MAX_TEXT:
            raise SendRefused(FailureKind.PERMANENT, f"a text has 1 to {MAX_TEXT} characters")
        body: dict[str, JsonValue] = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "recipient" if is_user_id(message.to) else "to": message.to,
            "type": "text",
            "text": {"body": message.text, "preview_url": False},
            "biz_opaque_callback_data": message.id,
        }
        return _wamid(await self._post(account, body))

    async def seen(self, account: Account, to: Phone, message_id: str, *, typing: bool) -> None:
        """Marks `message_id` and those before it as read, with `typing` also shows "typing…"; raises `SendRefused`.

        Meta has no typing without reading, ends it after 25 s or at our next message, and knows the customer by the
        message, so `to` is not used.
        """
        body: dict[str, JsonValue] = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
        if typing:
            body["typing_indicator"] = {"type": "text"}
        await self._post(account, body)

    async def _post(self, account: Account, body: Mapping[str, JsonValue]) -> bytes:
        url = f"{self._base}/{_number(account)}/messages"
        headers = {"Authorization": f"Bearer {_token(account)}", "Content-Type": "application/json"}
        # ASCII escapes: half an emoji, which Python cannot write as UTF-8, becomes Meta's to refuse.
        answer = await self._exchange(url, headers, json.dumps(body).encode())
        # Raised here and not where it was caught: the client's exception may quote a header, and would be chained.
        if isinstance(answer, SendRefused):
            raise answer
        if not answer.is_success:
            raise refused(answer.status_code, answer.content, answer.headers.get("Retry-After"))
        return answer.content

    async def _exchange(self, url: str, headers: Mapping[str, str], body: bytes) -> httpx2.Response | SendRefused:
        limits = httpx2.Timeout(self._total_seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._http.post(url, headers=headers, content=body, timeout=limits, follow_redirects=False)
        except (httpx2.HTTPError, TimeoutError) as error:
            return lost(error)


def _number(account: Account) -> str:
    if not (account.phone_number_id.isascii() and account.phone_number_id.isdigit()):
        raise SendRefused(FailureKind.OPERATOR, "the company has no phone number id (digits, from Meta's dashboard)")
    return account.phone_number_id


def _token(account: Account) -> str:
    token = account.access_token.get_secret_value() if account.access_token else ""
    # A pasted line break or letter outside ASCII would fail inside the client, with the token in its message.
    if not token or not all("!" <= character <= "~" for character in token):
        raise SendRefused(FailureKind.OPERATOR, "the company's access token is missing or is not a token")
    return token


def _wamid(body: bytes) -> str:
    try:
        return _Accepted.model_validate_json(body).messages[0].id
    except (ValidationError, IndexError):
        pass
    raise SendRefused(FailureKind.UNKNOWN, "the Graph API answered 200 without a message id")
