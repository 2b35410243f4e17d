"""What a provider sent and we could not use, in PostgreSQL, for a person to look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from activities.postgres import Postgres


@dataclass(frozen=True)
class UnreadableUpdate:
    """One update. Its company is not known, so it belongs to none."""

    phone_number_id: str | None
    why: str
    raw: str


class UnreadableUpdates:
    """The store."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def keep(self, updates: Sequence[UnreadableUpdate]) -> None:
        """Adds them."""
        async with self._postgres.nobody() as connection:
            await connection.executemany(
                "insert into unreadable_updates (phone_number_id, why, raw) values ($1, $2, $3)",
                [(update.phone_number_id, update.why, update.raw) for update in updates],
            )
