"""What all updates of one change share: the number they came to and the senders' cards."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, JsonValue

from channels.webhook.reading import fitting, words_of
from domain.errors import InvalidPhone
from domain.identity import Phone, parse_phone


class Misfit(Exception):
    """Why an update is unreadable, in words that quote nothing of it."""


class _Profile(BaseModel):
    name: str | None = None


class Contact(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    profile: _Profile | None = None
    wa_id: str | None = None
    user_id: str | None = None


@dataclass(frozen=True)
class Frame:
    """What all updates of one change share; `contacts` by phone and by user id, in up to two keys each."""

    phone_number_id: str | None
    contacts: dict[str, Contact]

    def number(self) -> str:
        if not self.phone_number_id:
            raise Misfit("no metadata.phone_number_id")
        return self.phone_number_id

    def sole_contact(self) -> Contact | None:
        distinct = {id(contact): contact for contact in self.contacts.values()}
        return next(iter(distinct.values())) if len(distinct) == 1 else None


def frame_of(value: dict[str, JsonValue]) -> Frame:
    contacts: dict[str, Contact] = {}
    for contact in fitting(Contact, value.get("contacts")):
        keys = (phone_of(contact.wa_id), user_id_of(contact.user_id))
        contacts |= {key: contact for key in keys if key}
    return Frame(words_of(value.get("metadata"), "phone_number_id") or None, contacts)


def phone_of(wa_id: str | None) -> Phone | None:
    """WhatsApp writes phones as digits without the +."""
    return _key("+" + wa_id.removeprefix("+")) if wa_id else None


def user_id_of(text: str | None) -> Phone | None:
    return _key(text) if text and text[0].isalpha() else None


def person_of(*identities: Phone | None) -> tuple[Phone, ...]:
    """Those that there are, each once; raises `Misfit` where there is none."""
    person = tuple(dict.fromkeys(identity for identity in identities if identity))
    if not person:
        raise Misfit("nobody can tell whose it is: neither a phone nor a user id")
    return person


def _key(text: str) -> Phone | None:
    try:
        return parse_phone(text)
    except InvalidPhone:
        return None
