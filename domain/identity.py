"""Who is who: companies, customers, and the one spelling of an agent's id."""

import re
from typing import NewType

import phonenumbers

from domain.errors import InvalidCompanyId, InvalidPhone

CompanyId = NewType("CompanyId", str)
"""A company's slug, e.g. `emilio-born`: lower-case letters, digits and hyphens, 2 to 50 characters."""

Phone = NewType("Phone", str)
"""A customer's key: E.164 with `+` (`+525512345678`), or WhatsApp's user id while the phone is hidden."""

AgentId = NewType("AgentId", str)
"""The workflow id of one customer's agent: `agent/{company}/{phone}`."""

_COMPANY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])")
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MOBILE_DIGITS = (
    (re.compile(r"\+521(\d{10})"), r"+52\1"),
    (re.compile(r"\+55([1-9]\d)([6-9]\d{7})"), r"+55\g<1>9\2"),
    (re.compile(r"\+54([1-3]\d{9})"), r"+549\1"),
)
"""Numbers that are written with and without a digit that says "mobile". WhatsApp's own ids use either form: Mexico's 1
ended in 2019, Brazil's ninth digit came from 2012 to 2016 and older accounts lack it, Argentina's 9 is for calls from
abroad. The key has the form that the numbering plan dials today from abroad."""


def parse_company(text: str) -> CompanyId:
    """The company id in `text`; raises `InvalidCompanyId`."""
    if not _COMPANY.fullmatch(text):
        raise InvalidCompanyId(text)
    return CompanyId(text)


def parse_phone(text: str) -> Phone:
    """The customer's key in `text`: E.164 with `+`, or a business-scoped user id (`US.1349…`).

    Spaces, dots, hyphens and parentheses are ignored; the several spellings of one mobile give the same key (see
    `_MOBILE_DIGITS`). Raises `InvalidPhone`.
    """
    if _USER_ID.fullmatch(text):
        return Phone(text)
    compact = _one_spelling(re.sub(r"[\s().-]", "", text))
    if not _E164.fullmatch(compact):
        raise InvalidPhone(text)
    try:
        number = phonenumbers.parse(compact)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(text) from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidPhone(text)
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _one_spelling(number: str) -> str:
    for other, ours in _MOBILE_DIGITS:
        if found := other.fullmatch(number):
            return found.expand(ours)
    return number


def is_user_id(phone: Phone) -> bool:
    """Whether this key is a business-scoped user id, so that no phone is known yet."""
    return not phone.startswith("+")


def masked(phone: Phone) -> str:
    """The phone with its middle hidden, for logs and for text that leaves the tenant: `+52••••••5678`."""
    return f"{phone[:3]}••••••{phone[-4:]}"


def agent_id(company: CompanyId, phone: Phone) -> AgentId:
    """The one place where an agent's workflow id is spelled."""
    return AgentId(f"agent/{company}/{phone}")


def parse_agent_id(text: str) -> tuple[CompanyId, Phone]:
    """Company and customer of a workflow id; raises `InvalidPhone` or `InvalidCompanyId` for any other text."""
    prefix, _, rest = text.partition("/")
    company, _, phone = rest.partition("/")
    if prefix != "agent":
        raise InvalidCompanyId(text)
    # By shape alone: workflows call this, and a phone library's tables change from one version to the next.
    if not (_E164.fullmatch(phone) or _USER_ID.fullmatch(phone)):
        raise InvalidPhone(phone)
    return parse_company(company), Phone(phone)
