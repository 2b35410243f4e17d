"""The customers' side: what they write, and what the business may therefore read and answer."""

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from local.fake_graph import payloads
from local.fake_graph.journal import Journal
from local.fake_graph.limits import Limits
from local.fake_graph.requests import customer_key
from local.fake_graph.settings import Settings
from local.fake_graph.webhooks import Delivered, Webhooks


class Says(BaseModel):
    """A customer writes."""

    model_config = ConfigDict(extra="forbid")

    customer: str | None = Field(default=None, description="Phone, e.g. +525512345678; left out for one who hides it.")
    user_id: str | None = Field(default=None, description="Business-scoped user id, e.g. US.1349.")
    text: str = ""
    message: dict[str, JsonValue] | None = Field(
        default=None, description="Instead of `text`: `type` and what belongs to it, as Meta writes it."
    )
    name: str | None = Field(default="Ana", description="Profile name.")
    number: str | None = Field(default=None, description="Phone number id written to; the first one if left out.")
    wamid: str | None = Field(
        default=None, description="Message id; a new one if left out. The same again is a redelivery."
    )
    at: int | None = Field(default=None, description="When it was written, unix seconds; now if left out.")
    redeliver: bool = Field(
        default=False, description="Deliver again until the webhook answers 200, with growing delays."
    )


@dataclass(frozen=True)
class Said:
    """A customer's message under its id, and how the webhook took it."""

    wamid: str
    delivered: Delivered


@dataclass(frozen=True)
class _Line:
    number: str
    wamid: str
    senders: tuple[str, ...]
    at: float
    text: JsonValue


class Inbound:
    """Writes webhooks for what customers say, and remembers it."""

    def __init__(self, settings: Settings, webhooks: Webhooks, limits: Limits, journal: Journal) -> None:
        self._settings = settings
        self._webhooks = webhooks
        self._limits = limits
        self._journal = journal
        self._known: set[tuple[str, str]] = set()

    async def says(self, says: Says) -> Said:
        """Delivers one message of a customer."""
        wamid = says.wamid or f"wamid.{uuid.uuid4().hex.upper()}"
        number = says.number or next(iter(self._settings.numbers))
        sender = payloads.Sender(says.customer and says.customer.lstrip("+"), says.user_id, says.name)
        content = says.message or {"type": "text", "text": {"body": says.text}}
        payload = payloads.inbound(number, sender, wamid, says.at or int(time.time()), content)
        return Said(wamid, await self.deliver(payloads.encode(payload), redeliver=says.redeliver))

    async def deliver(self, raw: bytes, *, redeliver: bool, signature: str | None = None) -> Delivered:
        """Delivers these bytes as they are; what customers say in them counts as said, however the webhook answers."""
        lines = list(_lines(raw))
        for line in lines:
            self._known.add((line.number, line.wamid))
            for sender in line.senders:
                self._limits.wrote(line.number, customer_key(sender), line.at)
            self._journal.write(
                "inbound",
                number=line.number,
                wamid=line.wamid,
                customer=line.senders[0] if line.senders else None,
                text=line.text,
            )
        what = "inbound " + " ".join(line.wamid for line in lines) if lines else "raw"
        return await self._webhooks.deliver(raw, what=what, redeliver=redeliver, signature=signature)

    def knows(self, number: str, wamid: str) -> bool:
        """Whether a customer wrote this message to this number."""
        return (number, wamid) in self._known

    def forget(self) -> None:
        """Forgets all messages."""
        self._known = set()


def _lines(raw: bytes) -> Iterator[_Line]:
    """The customers' messages in a payload; one that is odd is delivered all the same, and not remembered."""
    try:
        payload: JsonValue = json.loads(raw)
    except (ValueError, RecursionError):
        return
    for entry in _list(payload, "entry"):
        for change in _list(entry, "changes"):
            value = change.get("value") if isinstance(change, dict) else None
            metadata = value.get("metadata") if isinstance(value, dict) else None
            number = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
            for message in _list(value, "messages"):
                if isinstance(message, dict) and isinstance(number, str):
                    yield _line(number, message)


def _line(number: str, message: dict[str, JsonValue]) -> _Line:
    senders = tuple(str(message[key]) for key in ("from", "from_user_id") if message.get(key))
    at, text = str(message.get("timestamp")), message.get("text")
    return _Line(
        number=number,
        wamid=str(message.get("id")),
        senders=senders,
        at=float(at) if at.isdigit() else time.time(),
        text=text.get("body") if isinstance(text, dict) else None,
    )


def _list(parent: JsonValue, key: str) -> list[JsonValue]:
    children = parent.get(key) if isinstance(parent, dict) else None
    return children if isinstance(children, list) else []
