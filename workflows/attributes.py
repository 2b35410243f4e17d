"""The search attributes by which operators find agents in Temporal. They are stored in clear: no personal data here."""

from datetime import datetime, timedelta
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

STALE = timedelta(minutes=5)
"""How far the indexed `LastInteraction` may lag behind."""

ALL = (COMPANY, STAGE, STATUS, MODE, LAST_INTERACTION, NEXT_CONTACT)


def at_start(company: CompanyId) -> TypedSearchAttributes:
    """What is known when an agent is started."""
    return TypedSearchAttributes([SearchAttributePair(COMPANY, company)])


def updates(company: CompanyId, note: CustomerNote, indexed: CustomerNote | None) -> list[SearchAttributeUpdate[Any]]:
    """What operators would not find by what is indexed now: an upsert is an event and a write to Temporal's index.

    A later interaction alone is not worth one until it is `STALE` later; PostgreSQL has the exact time.
    """
    if indexed and _shown(indexed) == _shown(note) and not _is_stale(note, indexed):
        return []
    values: dict[SearchAttributeKey[Any], Any] = {
        COMPANY: company,
        LAST_INTERACTION: note.last_interaction,
        **_shown(note),
    }
    before: dict[SearchAttributeKey[Any], Any] = {}
    if indexed:
        before = {COMPANY: company, LAST_INTERACTION: indexed.last_interaction, **_shown(indexed)}
    return [
        key.value_unset() if value is None else key.value_set(value)
        for key, value in values.items()
        if before.get(key) != value
    ]


def _shown(note: CustomerNote) -> dict[SearchAttributeKey[Any], Any]:
    return {
        STAGE: note.stage.value,
        STATUS: note.status.value,
        MODE: note.mode.value,
        NEXT_CONTACT: note.next_contact,
    }


def _is_stale(note: CustomerNote, indexed: CustomerNote) -> bool:
    if note.last_interaction is None or indexed.last_interaction is None:
        return note.last_interaction != indexed.last_interaction
    return note.last_interaction - indexed.last_interaction >= STALE


def registration() -> list[tuple[str, str]]:
    """Name and type of each attribute, as `temporal operator search-attribute create` spells them."""
    return [(key.name, "Datetime" if key.value_type is datetime else "Keyword") for key in ALL]
