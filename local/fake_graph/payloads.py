"""The webhooks Meta would send, written as Meta writes them.

Source: Meta, "WhatsApp Cloud API: Webhooks" (payload, signature), "messages" and "status messages" references.
"""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass

from pydantic import JsonValue

from local.fake_graph.settings import StatusName

WABA = "102290129340398"
"""The WhatsApp business account of every number."""

Json = dict[str, JsonValue]


@dataclass(frozen=True)
class Sender:
    """The customer as WhatsApp shows them: a phone (digits), a business-scoped user id, or both."""

    wa_id: str | None
    user_id: str | None
    name: str | None


def sign(secret: str, raw: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def encode(payload: Json) -> bytes:
    """The payload as Meta writes it: everything outside ASCII as \\uXXXX, and slashes escaped."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()


def envelope(number: str, value: Json) -> Json:
    """A webhook with one entry and one change."""
    metadata: Json = {"display_phone_number": "15550783881", "phone_number_id": number}
    full: Json = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    change: Json = {"field": "messages", "value": full}
    return {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [change]}]}


def inbound(number: str, sender: Sender, wamid: str, at: int, content: Json) -> Json:
    """A customer's message; `content` is `type` and what belongs to it."""
    contact: Json = _present({"wa_id": sender.wa_id, "user_id": sender.user_id})
    if sender.name:
        contact["profile"] = {"name": sender.name}
    who = _present({"from": sender.wa_id, "from_user_id": sender.user_id})
    message: Json = {**who, "id": wamid, "timestamp": str(at), **content}
    return envelope(number, {"contacts": [contact], "messages": [message]})


def status(number: str, name: StatusName, wamid: str, customer: str, callback_data: str | None, code: int) -> Json:
    """What became of a message; `code` is the error of a `failed` one."""
    recipient: Json = {"recipient_id": customer} if customer.isdigit() else {"recipient_user_id": customer}
    fields: Json = {"id": wamid, "status": name, "timestamp": str(int(time.time())), **recipient}
    if callback_data is not None:
        fields["biz_opaque_callback_data"] = callback_data
    if name == "failed":
        fields["errors"] = [{"code": code, "title": "Message undeliverable", "message": "Message undeliverable"}]
        return envelope(number, {"statuses": [fields]})
    if name in ("sent", "delivered"):
        fields["pricing"] = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    contact: Json = {"wa_id": customer} if customer.isdigit() else {"user_id": customer}
    return envelope(number, {"contacts": [contact], "statuses": [fields]})


def _present(fields: dict[str, str | None]) -> Json:
    return {key: value for key, value in fields.items() if value is not None}
