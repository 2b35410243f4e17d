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
_MEXICO_OLD_MOBILE = re.compile(r"\+521(\d{10})")


def parse_company(text: str) -> CompanyId:
    """The company id in `text`; raises `InvalidCompanyId`."""
    if not _COMPANY.fullmatch(text):
        raise InvalidCompanyId(text)
    return CompanyId(text)


def parse_phone(text: str) -> Phone:
    """The customer's key in `text`: E.164 with `+`, or a business-scoped user id (`US.1349…`).

    Spaces, dots, hyphens and parentheses are ignored. WhatsApp still writes Mexican mobiles as 521…, the
    numbering plan since 2019 as 52…: both give the same key. Raises `InvalidPhone`.
    """
    if _USER_ID.fullmatch(text):
        return Phone(text)
    compact = re.sub(r"[\s().-]", "", text)
    mexican = _MEXICO_OLD_MOBILE.fullmatch(compact)
    compact = f"+52{mexican[1]}" if mexican else compact
    if not _E164.fullmatch(compact):
        raise InvalidPhone(text)
    try:
        number = phonenumbers.parse(compact)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(text) from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidPhone(text)
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


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
