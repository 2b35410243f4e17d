"""Reading WhatsApp's webhook: who wrote what, and what became of our bubbles.

Source: Meta, "WhatsApp Cloud API: Webhooks", "messages webhook reference" and "status messages webhook reference". One
POST carries up to 1,000 updates of several numbers, at least once and in no order. Meta adds fields and types without
notice and leaves others out, so nothing is required but what an update is useless without; what does not fit is kept as
`Unreadable`, never dropped: an exception would make Meta send the whole batch again for days.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from domain.delivery import PROVIDER_STATUSES, DeliveryState
from domain.errors import InvalidInput, InvalidPhone
from domain.identity import Phone, parse_phone
from domain.messages import Inbound

CHANNEL = "cloud_api"
"""What `Inbound.channel` says of a message that came in here."""

MAX_RAW = 8_192
"""Characters of JSON kept of an update that could not be read."""


class MalformedPayload(InvalidInput):
    """The body is not JSON, or not a JSON object."""


class CustomerMessage(BaseModel):
    """A customer wrote to one of our numbers."""

    model_config = ConfigDict(frozen=True)

    type: Literal["message"] = "message"
    phone_number_id: str
    customer: Phone
    """The phone where WhatsApp tells it, else the business-scoped user id."""
    message: Inbound


class BubbleStatus(BaseModel):
    """What became of something we sent."""

    model_config = ConfigDict(frozen=True)

    type: Literal["status"] = "status"
    phone_number_id: str
    provider_id: str
    state: DeliveryState
    bubble: str | None
    """Our id, as we gave it in `biz_opaque_callback_data`."""
    at: datetime
    codes: tuple[int, ...] = ()
    """Meta's error codes, see `channels.cloud_api_errors`; only with `failed`."""
    detail: str | None = None
    """Meta's words for the first error: they may name the customer's number, so they are data, not for logs."""
    pricing: dict[str, JsonValue] | None = None
    """Verbatim: what a message costs is worked out later."""


class Unreadable(BaseModel):
    """An update that does not fit: kept for a person to look at. `why` quotes nothing of it, so it may be logged."""

    model_config = ConfigDict(frozen=True)

    type: Literal["unreadable"] = "unreadable"
    phone_number_id: str | None
    why: str
    raw: str
    """Its JSON, cut after `MAX_RAW` characters."""


Update = CustomerMessage | BubbleStatus | Unreadable
Updates = tuple[Update, ...]


def verify_signature(secret: str, raw: bytes, header: str | None) -> bool:
    """Whether `header` (`X-Hub-Signature-256`) is the app secret's signature of these very bytes, in constant time."""
    if not secret or header is None:
        return False
    expected = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(header.encode("utf-8", "replace"), expected.encode())


def parse(raw: bytes) -> Updates:
    """Every update of one webhook POST, in the order of the payload; raises `MalformedPayload` and nothing else."""
    return tuple(_updates(_decoded(raw)))


# --- The envelope: entries, changes, and the lists of updates in them -------------------------------------------------


class _Misfit(Exception):
    """Why an update is unreadable, in words that quote nothing of it."""


class _Profile(BaseModel):
    name: str | None = None


class _Contact(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    profile: _Profile | None = None
    wa_id: str | None = None
    user_id: str | None = None


@dataclass(frozen=True)
class _Frame:
    """What all updates of one change share; `contacts` by phone and by user id, in up to two keys each."""

    phone_number_id: str | None
    contacts: dict[str, _Contact]

    def number(self) -> str:
        if not self.phone_number_id:
            raise _Misfit("no metadata.phone_number_id")
        return self.phone_number_id

    def sole_contact(self) -> _Contact | None:
        distinct = {id(contact): contact for contact in self.contacts.values()}
        return next(iter(distinct.values())) if len(distinct) == 1 else None


def _updates(payload: dict[str, JsonValue]) -> Iterator[Update]:
    for entry in _listed(payload, "entry"):
        if isinstance(entry, Unreadable):
            yield entry
            continue
        for change in _listed(entry, "changes"):
            yield from [change] if isinstance(change, Unreadable) else _change(change)


def _change(change: JsonValue) -> Iterator[Update]:
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(change, dict) or not isinstance(value, dict):
        yield _unreadable("a change without a value", change)
        return
    frame = _frame(value)
    if change.get("field", "messages") != "messages":
        yield _unreadable("a webhook field that is not read", change, frame)
        return
    present = [part for part in _READERS if value.get(part) is not None]
    if not present:
        yield _unreadable("neither messages, statuses nor errors", change, frame)
    for part in present:
        for item in _listed(value, part, frame):
            yield item if isinstance(item, Unreadable) else _read(_READERS[part], frame, item)


def _read(reader: Callable[[_Frame, JsonValue], Update], frame: _Frame, item: JsonValue) -> Update:
    try:
        return reader(frame, item)
    except _Misfit as misfit:
        return _unreadable(str(misfit), item, frame)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))[:80] or 'update'}: {fault['type']}" for fault in error.errors())
        return _unreadable(", ".join(faults)[:500], item, frame)


def _listed(parent: JsonValue, key: str, frame: _Frame | None = None) -> list[JsonValue] | list[Unreadable]:
    """The list under `key`, or one `Unreadable` in the place of a list."""
    children = parent.get(key) if isinstance(parent, dict) else None
    return children if isinstance(children, list) else [_unreadable(f"no list of {key}", parent, frame)]


def _frame(value: dict[str, JsonValue]) -> _Frame:
    contacts: dict[str, _Contact] = {}
    for contact in _fitting(_Contact, value.get("contacts")):
        keys = (_phone(contact.wa_id), _user_id(contact.user_id))
        contacts |= {key: contact for key in keys if key}
    return _Frame(_words(value.get("metadata"), "phone_number_id") or None, contacts)


# --- Messages ---------------------------------------------------------------------------------------------------------


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True)

    id: str | None = None
    sender: str | None = Field(None, alias="from")
    from_user_id: str | None = None
    timestamp: JsonValue = None
    type: str | None = None


def _message(frame: _Frame, item: JsonValue) -> CustomerMessage:
    message = _Message.model_validate(item)
    if not message.id:
        raise _Misfit("a message without an id")
    contact = _contact(frame, message)
    kind = message.type or "unknown"
    name = contact.profile.name if contact.profile else None
    inbound = Inbound(
        id=message.id,
        text=caption(kind, (message.model_extra or {}).get(kind)),
        kind=kind[:64],
        sent_at=_time(message.timestamp),
        name=name[:256] if name else None,
        channel=CHANNEL,
    )
    return CustomerMessage(phone_number_id=frame.number(), customer=_customer(message, contact), message=inbound)


def _contact(frame: _Frame, message: _Message) -> _Contact:
    """The sender's card; the only card there is stands for a message that names no sender."""
    keys = [key for key in (_user_id(message.from_user_id), _phone(message.sender)) if key]
    cards = [frame.contacts[key] for key in keys if key in frame.contacts]
    if cards:
        return cards[0]
    return (frame.sole_contact() if not keys else None) or _Contact()


def _customer(message: _Message, contact: _Contact) -> Phone:
    phone = _phone(message.sender) or _phone(contact.wa_id)
    key = phone or _user_id(message.from_user_id) or _user_id(contact.user_id)
    if not key:
        raise _Misfit("a message without a sender")
    return key


def _phone(wa_id: str | None) -> Phone | None:
    """WhatsApp writes phones as digits without the +."""
    return _key("+" + wa_id.removeprefix("+")) if wa_id else None


def _user_id(text: str | None) -> Phone | None:
    return _key(text) if text and text[0].isalpha() else None


def _key(text: str) -> Phone | None:
    try:
        return parse_phone(text)
    except InvalidPhone:
        return None


# --- Statuses and account-level errors --------------------------------------------------------------------------------


class _Status(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str | None = None
    status: str | None = None
    timestamp: JsonValue = None
    biz_opaque_callback_data: str | None = None
    errors: JsonValue = None
    pricing: JsonValue = None


class _Details(BaseModel):
    details: str | None = None


class _Error(BaseModel):
    code: int
    title: str | None = None
    message: str | None = None
    error_data: _Details | None = None

    @property
    def words(self) -> str | None:
        return (self.error_data and self.error_data.details) or self.message or self.title


def _status(frame: _Frame, item: JsonValue) -> BubbleStatus:
    status = _Status.model_validate(item)
    state, at = PROVIDER_STATUSES.get(status.status or ""), _time(status.timestamp)
    if not status.id or state is None or at is None:
        raise _Misfit("a status without an id, a time, or a state that is known")
    errors = _fitting(_Error, status.errors)
    return BubbleStatus(
        phone_number_id=frame.number(),
        provider_id=status.id,
        state=state,
        bubble=status.biz_opaque_callback_data,
        at=at,
        codes=tuple(error.code for error in errors),
        detail=(errors[0].words or "")[:500] or None if errors else None,
        pricing=status.pricing if isinstance(status.pricing, dict) else None,
    )


def _account_error(frame: _Frame, item: JsonValue) -> Unreadable:
    return _unreadable(f"an error of the account: {_Error.model_validate(item).code}", item, frame)


_READERS: dict[str, Callable[[_Frame, JsonValue], Update]] = {
    "messages": _message,
    "statuses": _status,
    "errors": _account_error,
}
"""The lists in the value of a `messages` change, and who reads their items."""


# --- What a message says ----------------------------------------------------------------------------------------------

_ANSWERS: dict[str, Callable[[JsonValue], str]] = {
    "text": lambda content: _words(content, "body"),
    "button": lambda content: _words(content, "text"),
    "interactive": lambda content: _words(content, "button_reply", "title") or _words(content, "list_reply", "title"),
}
"""Kinds in which the customer speaks: these words stand for themselves."""

_CAPTIONS: dict[str, Callable[[JsonValue], str]] = {
    "image": lambda content: _words(content, "caption"),
    "video": lambda content: _words(content, "caption"),
    "document": lambda content: _joined(_words(content, "filename"), _words(content, "caption")),
    "location": lambda content: (
        _joined(_words(content, "name"), _words(content, "address"))
        or _joined(_words(content, "latitude"), _words(content, "longitude"))
    ),
    "contacts": lambda content: _joined(*(_words(card, "name", "formatted_name") for card in _items(content))),
    "reaction": lambda content: _words(content, "emoji"),
    "interactive": lambda content: _words(content, "nfm_reply", "body"),
    "order": lambda content: _words(content, "text"),
}
"""Kinds that show something else than words: what is worth saying after their name in brackets."""


def caption(kind: str, content: JsonValue) -> str:
    """What a message of `kind` says: the customer's words, or what they sent, as in `[image] my sofa` or `[audio]`."""
    answer = _ANSWERS[kind](content) if kind in _ANSWERS else ""
    if answer:
        return answer
    label = (_words(content, "type") if kind == "unsupported" else "") or kind
    words = _CAPTIONS[kind](content) if kind in _CAPTIONS else ""
    return f"[{label[:64]}] {words}".rstrip()


# --- Small readers ----------------------------------------------------------------------------------------------------

_Model = TypeVar("_Model", bound=BaseModel)
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
"""An escape in JSON; the group holds one that is legal JSON and no legal text: NUL, or half of a surrogate pair."""


def _decoded(raw: bytes) -> dict[str, JsonValue]:
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


def _unreadable(why: str, item: JsonValue, frame: _Frame | None = None) -> Unreadable:
    try:
        raw = json.dumps(item, ensure_ascii=False)[:MAX_RAW]
    except RecursionError:
        raw = "(nested too deeply to be written)"
    return Unreadable(phone_number_id=frame.phone_number_id if frame else None, why=why, raw=raw)


def _fitting(model: type[_Model], items: JsonValue) -> list[_Model]:
    """Those of the items that fit the model: a bad contact must not cost us the message beside it."""
    fitting: list[_Model] = []
    for item in _items(items):
        try:
            fitting.append(model.model_validate(item))
        except ValidationError:
            continue
    return fitting


def _items(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _words(value: JsonValue, *path: str) -> str:
    """The text or number at the end of `path`; "" where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _joined(*words: str) -> str:
    return ", ".join(word for word in words if word)


def _time(seconds: JsonValue) -> datetime | None:
    """WhatsApp's times: unix seconds, as text in messages and statuses, as numbers elsewhere."""
    text = _words({"at": seconds}, "at")
    if not re.fullmatch(r"[0-9]{1,11}", text):
        return None
    return datetime.fromtimestamp(int(text), UTC)
