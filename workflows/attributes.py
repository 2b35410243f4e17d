"""The search attributes by which operators find agents in Temporal. They are stored in clear: no personal data here."""

from datetime import datetime
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from domain.identity import CompanyId
from domain.work import CustomerNote

COMPANY = SearchAttributeKey.for_keyword("CompanyId")
STAGE = SearchAttributeKey.for_keyword("Stage")
STATUS = SearchAttributeKey.for_keyword("AgentStatus")
MODE = SearchAttributeKey.for_keyword("AgentMode")
LAST_INTERACTION = SearchAttributeKey.for_datetime("LastInteraction")
NEXT_CONTACT = SearchAttributeKey.for_datetime("NextContact")

ALL = (COMPANY, STAGE, STATUS, MODE, LAST_INTERACTION, NEXT_CONTACT)


def at_start(company: CompanyId) -> TypedSearchAttributes:
    """What is known when an agent is started."""
    return TypedSearchAttributes([SearchAttributePair(COMPANY, company)])


def updates(company: CompanyId, note: CustomerNote, shown: CustomerNote | None) -> list[SearchAttributeUpdate[Any]]:
    """What changed since `shown`; an upsert is an event, so nothing is sent twice."""
    before = shown.model_dump() if shown else {}
    pairs = [
        (STAGE, "stage", note.stage.value),
        (STATUS, "status", note.status.value),
        (MODE, "mode", note.mode.value),
        (LAST_INTERACTION, "last_interaction", note.last_interaction),
        (NEXT_CONTACT, "next_contact", note.next_contact),
    ]
    changed: list[SearchAttributeUpdate[Any]] = []
    for key, field, value in pairs:
        if before.get(field) != value:
            changed.append(key.value_unset() if value is None else key.value_set(value))  # type: ignore[arg-type]
    if changed and shown is None:
        changed.append(COMPANY.value_set(company))
    return changed


def registration() -> list[tuple[str, str]]:
    """Name and type of each attribute, as `temporal operator search-attribute create` spells them."""
    return [(key.name, "Datetime" if key.value_type is datetime else "Keyword") for key in ALL]
