"""Reading JSON that keeps no promise."""

import json
import re
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from channels.webhook.updates import MAX_RAW, MalformedPayload, Unreadable

_Model = TypeVar("_Model", bound=BaseModel)
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
"""An escape in JSON; the group holds one that is legal JSON and no legal text: NUL, or half of a surrogate pair."""


def decoded(raw: bytes) -> dict[str, JsonValue]:
    # Half an emoji (a lone \ud83d) fails in pydantic and a NUL in PostgreSQL: neither may cost us the message.
    text = _ESCAPE.sub(lambda found: r"\ufffd" if found[1] else found[0], raw.decode("utf-8", "replace"))
    try:
        payload: JsonValue = json.loads(text, parse_int=_number)
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise MalformedPayload("the webhook's body is not a JSON object")
    return payload


def _number(digits: str) -> int | str:
    """Python refuses to read integers of thousands of digits; no number of WhatsApp's has twenty."""
    return int(digits) if len(digits) <= 20 else digits


def unreadable(why: str, item: JsonValue, phone_number_id: str | None = None) -> Unreadable:
    try:
        raw = json.dumps(item, ensure_ascii=False)[:MAX_RAW]
    except RecursionError:
        raw = "(nested too deeply to be written)"
    return Unreadable(phone_number_id=phone_number_id, why=why, raw=raw)


def fitting(model: type[_Model], items: JsonValue) -> list[_Model]:
    """Those of the items that fit the model: a bad contact must not cost us the message beside it."""
    fitting: list[_Model] = []
    for item in items_of(items):
        try:
            fitting.append(model.model_validate(item))
        except ValidationError:
            continue
    return fitting


def items_of(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def words_of(value: JsonValue, *path: str) -> str:
    """The text or number at the end of `path`; "" where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def joined(*words: str) -> str:
    return ", ".join(word for word in words if word)


def time_of(seconds: JsonValue) -> datetime | None:
    """WhatsApp's times: unix seconds, as text in messages and statuses, as numbers elsewhere."""
    text = words_of({"at": seconds}, "at")
    if not re.fullmatch(r"[0-9]{1,11}", text):
        return None
    return datetime.fromtimestamp(int(text), UTC)
