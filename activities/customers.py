"""Customers as operators list, search and open them: reads of PostgreSQL."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from activities.postgres import Connection, Postgres
from domain.delivery import DeliveryState
from domain.errors import NotFound
from domain.identity import CompanyId, Phone
from domain.state import Mode, Stage, Status
from domain.work import AgentRef

LATEST = 50
"""How many events and open alerts of one customer are shown."""

_COLUMNS = (
    "phone, customer_id::text, name, stage, status, mode, opted_out, handed_off, message_count, turn,"
    " last_interaction, last_inbound, next_contact, first_contact"
)


@dataclass(frozen=True)
class Customer:
    """One customer's row."""

    phone: Phone
    customer_id: str
    name: str | None
    stage: Stage
    status: Status
    mode: Mode
    opted_out: bool
    handed_off: str | None
    message_count: int
    turn: int
    last_interaction: datetime | None
    last_inbound: datetime | None
    next_contact: datetime | None
    first_contact: datetime


@dataclass(frozen=True)
class Event:
    """Something that an operator looks up later."""

    number: int
    kind: str
    at: datetime
    by: str
    detail: str


@dataclass(frozen=True)
class OpenAlert:
    """Something that an operator must see."""

    key: str
    kind: str
    urgency: str
    detail: str
    raised_at: datetime


@dataclass(frozen=True)
class Card:
    """Everything PostgreSQL knows of one customer, the latest first."""

    customer: Customer
    events: list[Event]
    alerts: list[OpenAlert]


@dataclass(frozen=True)
class Wanted:
    """What to list: None stands for any. `text` is searched in names and phones."""

    stage: Stage | None = None
    status: Status | None = None
    mode: Mode | None = None
    text: str | None = None


@dataclass(frozen=True)
class Place:
    """A place in the list: the last customer already shown."""

    last_interaction: datetime | None
    phone: Phone


@dataclass(frozen=True)
class Tally:
    """How many customers are of one kind."""

    stage: Stage
    status: Status
    mode: Mode
    customers: int
    handed_off: int
    opted_out: int


class Customers:
    """Every method is scoped to one company."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def page(self, company: CompanyId, wanted: Wanted, *, after: Place | None, limit: int) -> list[Customer]:
        """Up to `limit` customers behind a place, the latest interaction first, those who never wrote last."""
        digits = _digits(wanted.text or "")
        async with self._postgres.tenant(company) as connection:
            rows = await connection.fetch(
                f"select {_COLUMNS} from customers where company_id = $1"  # noqa: S608
                " and ($2::text is null or stage = $2) and ($3::text is null or status = $3)"
                " and ($4::text is null or mode = $4)"
                " and ($5::text is null or strpos(lower(name), lower($5)) > 0 or strpos(lower(phone), lower($5)) > 0"
                "  or ($6 <> '' and strpos(phone, $6) > 0))"
                " and (not $7 or (case when $8::timestamptz is null then last_interaction is null and phone > $9"
                "  else last_interaction is null or last_interaction < $8"
                "   or (last_interaction = $8 and phone > $9) end))"
                " order by last_interaction desc nulls last, phone limit $10",
                *(company, wanted.stage, wanted.status, wanted.mode, wanted.text, digits),
                *(after is not None, after and after.last_interaction, after.phone if after else "", limit),
            )
        return [_customer(row) for row in rows]

    async def tallies(self, company: CompanyId) -> list[Tally]:
        """How many customers there are of each stage, status and mode."""
        async with self._postgres.tenant(company) as connection:
            rows = await connection.fetch(
                "select stage, status, mode, count(*) as customers, count(handed_off) as handed_off,"
                " count(*) filter (where opted_out) as opted_out"
                " from customers where company_id = $1 group by stage, status, mode",
                company,
            )
        return [Tally(Stage(row["stage"]), Status(row["status"]), Mode(row["mode"]), *tuple(row)[3:6]) for row in rows]

    async def open_alerts(self, company: CompanyId) -> int:
        """How many alerts of the company nobody has settled."""
        async with self._postgres.tenant(company) as connection:
            return await connection.fetchval(
                "select count(*) from alerts where company_id = $1 and settled_at is null", company
            )

    async def card(self, agent: AgentRef) -> Card:
        """One customer with the latest events and open alerts; raises `NotFound`."""
        async with self._postgres.tenant(agent.company) as connection:
            customer = await _one(connection, agent)
            events = await connection.fetch(
                "select number, kind, at, by, detail from agent_events where company_id = $1 and phone = $2"
                " order by number desc limit $3",
                *(agent.company, agent.phone, LATEST),
            )
            alerts = await connection.fetch(
                "select key, kind, urgency, detail, raised_at from alerts where company_id = $1 and phone = $2"
                " and settled_at is null order by raised_at desc, key limit $3",
                *(agent.company, agent.phone, LATEST),
            )
        return Card(customer, [Event(**dict(row)) for row in events], [OpenAlert(**dict(row)) for row in alerts])

    async def opted_out(self, agent: AgentRef) -> bool:
        """Whether this customer said STOP; False for somebody we do not know yet."""
        async with self._postgres.tenant(agent.company) as connection:
            found: bool | None = await connection.fetchval(
                "select opted_out from customers where company_id = $1 and phone = $2", agent.company, agent.phone
            )
        return bool(found)

    async def deliveries(self, company: CompanyId, bubbles: Sequence[str]) -> dict[str, DeliveryState]:
        """What became of these bubbles, by our id; those the ledger does not know are left out."""
        async with self._postgres.tenant(company) as connection:
            rows = await connection.fetch(
                "select send_id, state from sends where company_id = $1 and send_id = any($2::text[])",
                *(company, list(bubbles)),
            )
        return {row["send_id"]: DeliveryState(row["state"]) for row in rows}


async def _one(connection: Connection, agent: AgentRef) -> Customer:
    row = await connection.fetchrow(
        f"select {_COLUMNS} from customers where company_id = $1 and phone = $2",  # noqa: S608
        *(agent.company, agent.phone),
    )
    if row is None:
        raise NotFound(f"{agent.phone} has never been in touch with {agent.company}")
    return _customer(row)


def _customer(row: asyncpg.Record) -> Customer:
    fields: dict[str, Any] = dict(row)
    fields |= {"stage": Stage(row["stage"]), "status": Status(row["status"]), "mode": Mode(row["mode"])}
    return Customer(**fields)


def _digits(text: str) -> str:
    """The digits of a search that looks like a phone; "" for any other."""
    return re.sub(r"\D", "", text) if re.fullmatch(r"[\d\s()+.-]+", text) else ""
