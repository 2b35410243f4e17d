"""What the simulated phones show, in PostgreSQL, with a notification for whoever is looking."""

from dataclasses import dataclass
from datetime import datetime

from activities.postgres import Postgres, storable
from channels.simulator import EventKind
from domain.identity import CompanyId, Phone

NOTIFICATIONS = "perennial_simulator"
"""The LISTEN channel; its payload is `{company}/{phone}`."""

_INSERT = (
    "insert into simulator_events (company_id, phone, kind, message_id, text) values ($1, $2, $3, $4, $5)"
    " on conflict (company_id, kind, message_id, phone) "
)
_SHOW_ONCE = _INSERT + "do nothing"
_SHOW_AGAIN = _INSERT + "do update set at = now(), id = default"


@dataclass(frozen=True)
class ScreenEvent:
    """One thing that happened on a simulated phone; `id` grows."""

    id: int
    kind: EventKind
    message_id: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Chat:
    """One simulated phone in the list: whose it is, and the last thing said."""

    phone: Phone
    name: str | None
    kind: EventKind
    text: str
    at: datetime


class PostgresScreen:
    """The simulator's store."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def show(self, company: CompanyId, phone: Phone, kind: EventKind, message_id: str, text: str = "") -> None:
        """Adds one event and wakes the page; "typing" moves to the end each time, anything else is shown once."""
        async with self._postgres.tenant(company) as connection:
            # One writer at a time for each phone: whoever has read an id must have seen all smaller ones, and without
            # the lock a transaction that took its id first may commit last.
            await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{company}/{phone}")
            statement = _SHOW_AGAIN if kind == "typing" else _SHOW_ONCE
            await connection.execute(statement, company, phone, kind, message_id, storable(text))
            await connection.execute("select pg_notify($1, $2)", NOTIFICATIONS, f"{company}/{phone}")

    async def events(self, company: CompanyId, phone: Phone, *, after: int = 0, limit: int = 500) -> list[ScreenEvent]:
        """The newest `limit` events after an id, oldest first."""
        async with self._postgres.tenant(company) as connection:
            rows = await connection.fetch(
                "select id, kind, message_id, text, at from simulator_events"
                " where company_id = $1 and phone = $2 and id > $3 order by id desc limit $4",
                *(company, phone, after, limit),
            )
        return [ScreenEvent(**dict(row)) for row in reversed(rows)]

    async def chats(self, company: CompanyId) -> list[Chat]:
        """The phones that were played with this company, the latest first, each with the last thing said."""
        async with self._postgres.tenant(company) as connection:
            rows = await connection.fetch(
                "select phone, name, kind, text, at from (select distinct on (phone) phone, id, kind, text, at"
                " from simulator_events where company_id = $1 and kind in ('customer', 'bubble')"
                " order by phone, id desc) latest"
                " left join (select phone, name from customers where company_id = $1) named using (phone)"
                " order by id desc limit 50",
                company,
            )
        return [Chat(**dict(row)) for row in rows]
