"""What the business posts to `/messages`: read and checked as Meta does.

Source: Meta, "WhatsApp Cloud API: Messages", "Text messages", "Mark messages as read", "Typing indicators". Stricter
than Meta in one place: `to` needs its +, because without it Meta may write to another country.
"""

import json
import re
from dataclasses import dataclass

from pydantic import JsonValue

from local.fake_graph import errors

MAX_BODY = 4096
MAX_CALLBACK_DATA = 512

_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


@dataclass(frozen=True)
class Text:
    """One text to send; `customer` is its key, see `customer_key`."""

    to: str
    customer: str
    body: str
    callback_data: str | None


@dataclass(frozen=True)
class Read:
    """A read receipt, with or without "typing…"."""

    message_id: str
    typing: bool


def customer_key(spelling: str) -> str:
    """One customer, however spelt: digits, with Mexico's mobile 1 left out; a business-scoped user id as it is."""
    if _USER_ID.fullmatch(spelling):
        return spelling
    digits = re.sub(r"\D", "", spelling)
    return "52" + digits[3:] if re.fullmatch(r"521\d{10}", digits) else digits


def read_request(raw: bytes) -> Text | Read:
    """The request in a body; raises `GraphError`."""
    try:
        body: JsonValue = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise errors.invalid("The request body is not a JSON object.")
    if body.get("messaging_product") != "whatsapp":
        raise errors.invalid("The parameter messaging_product is required and must be whatsapp.")
    return _read(body) if "status" in body else _text(body)


def _read(body: dict[str, JsonValue]) -> Read:
    message_id, indicator = body.get("message_id"), body.get("typing_indicator")
    if body.get("status") != "read" or not isinstance(message_id, str):
        raise errors.invalid("status must be read, with a message_id.")
    if indicator not in (None, {"type": "text"}):
        raise errors.invalid("typing_indicator.type must be text.")
    return Read(message_id, typing=indicator is not None)


def _text(body: dict[str, JsonValue]) -> Text:
    to = _recipient(body)
    if body.get("type", "text") != "text":
        raise errors.unsupported_type()
    text = body.get("text")
    words = text.get("body") if isinstance(text, dict) else None
    if not isinstance(words, str) or not words.strip():
        raise errors.invalid("The parameter text['body'] is required.")
    if len(words) > MAX_BODY:
        raise errors.invalid(f"Param text['body'] must be at most {MAX_BODY} characters long.")
    callback_data = body.get("biz_opaque_callback_data")
    if callback_data is not None and (not isinstance(callback_data, str) or len(callback_data) > MAX_CALLBACK_DATA):
        raise errors.invalid(f"biz_opaque_callback_data must be text of at most {MAX_CALLBACK_DATA} characters.")
    return Text(to, customer_key(to), words, callback_data)


def _recipient(body: dict[str, JsonValue]) -> str:
    if body.get("recipient_type", "individual") != "individual":
        raise errors.invalid("recipient_type must be individual.")
    to, recipient = body.get("to"), body.get("recipient")
    if to is not None:
        if not isinstance(to, str) or not re.fullmatch(r"\+[1-9][0-9]{6,14}", to):
            raise errors.invalid("to must be + and a phone number with its country code.")
        return to
    if not isinstance(recipient, str) or not _USER_ID.fullmatch(recipient):
        raise errors.invalid("The parameter to is required, or recipient with a user id.")
    return recipient
