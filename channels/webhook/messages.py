"""Reading the `messages` of a change."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from channels.webhook.captions import caption
from channels.webhook.frame import Contact, Frame, Misfit, person_of, phone_of, user_id_of
from channels.webhook.reading import time_of, words_of
from channels.webhook.updates import CustomerMessage
from domain.identity import Phone
from domain.messages import Inbound

CHANNEL = "cloud_api"
"""What `Inbound.channel` says of a message that came in here."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True)

    id: str | None = None
    sender: str | None = Field(None, alias="from")
    from_user_id: str | None = None
    timestamp: JsonValue = None
    type: str | None = None


def read_message(frame: Frame, item: JsonValue) -> CustomerMessage:
    message = _Message.model_validate(item)
    if not message.id:
        raise Misfit("a message without an id")
    contact = _contact(frame, message)
    kind = message.type or "unknown"
    name = contact.profile.name if contact.profile else None
    inbound = Inbound(
        id=message.id,
        text=caption(kind, (message.model_extra or {}).get(kind)),
        kind=kind[:64],
        sent_at=time_of(message.timestamp),
        name=name[:256] if name else None,
        channel=CHANNEL,
    )
    return CustomerMessage(phone_number_id=frame.number(), customer=_customer(message, contact), message=inbound)


def _contact(frame: Frame, message: _Message) -> Contact:
    """The sender's card; the only card there is stands for a message that names no sender."""
    keys = [key for key in (user_id_of(message.from_user_id), phone_of(message.sender)) if key]
    cards = [frame.contacts[key] for key in keys if key in frame.contacts]
    if cards:
        return cards[0]
    return (frame.sole_contact() if not keys else None) or Contact()


def _customer(message: _Message, contact: Contact) -> tuple[Phone, ...]:
    user_ids = user_id_of(message.from_user_id), user_id_of(contact.user_id)
    return person_of(*user_ids, phone_of(message.sender), phone_of(contact.wa_id), *_changed(message))


def _changed(message: _Message) -> Iterator[Phone | None]:
    """A `system` message tells that the sender's number or user id is another now: they stay the same person."""
    change = (message.model_extra or {}).get("system") if message.type == "system" else None
    yield user_id_of(words_of(change, "previous_user_id"))
    yield user_id_of(words_of(change, "user_id"))
    yield phone_of(words_of(change, "wa_id"))
