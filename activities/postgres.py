"""PostgreSQL as one company sees it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.identity import CompanyId, parse_company

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

APP_ROLE = "perennial_app"
"""The role every application connection takes on: it owns no table, so row-level security binds it."""


async def open_pool(database_url: str, *, least: int = 1, most: int = 20) -> "asyncpg.Pool[asyncpg.Record]":
    """A pool whose connections can do no more than the application may; `least` 0 opens none yet."""
    return await asyncpg.create_pool(
        database_url,
        min_size=least,
        max_size=most,
        command_timeout=10,
        server_settings={"role": APP_ROLE},
        reset=_reset,
    )


async def _reset(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Nothing outlives a transaction here: a connection that comes back costs no round trip, unless one is open."""
    if connection.is_in_transaction():
        await connection.reset()


def storable(text: str) -> str:
    """The text as PostgreSQL takes it: a NUL in it would make the write fail at every try, for ever."""
    return text.replace("\0", "\ufffd")


class Postgres:
    """The pool, scoped: every statement runs for one company, or asks one of the three questions that know none."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    @asynccontextmanager
    async def tenant(self, company: CompanyId) -> AsyncGenerator[Connection]:
        """A transaction that sees this company's rows alone; committed at the end, rolled back on an exception."""
        # One round trip for both; a slug of letters, digits and hyphens is all that gets past `parse_company`.
        begin = f"begin; select set_config('app.company', '{parse_company(company)}', true)"
        async with self._pool.acquire() as connection:
            await connection.execute(begin)
            try:
                yield connection
            except BaseException:
                await connection.execute("rollback")
                raise
            await connection.execute("commit")

    @asynccontextmanager
    async def nobody(self) -> AsyncGenerator[Connection]:
        """A connection that sees no company's rows: for what happens before the company is known."""
        async with self._pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def listening(self, channel: str, heard: Callable[[str], None]) -> AsyncGenerator[asyncio.Event]:
        """Calls `heard` with the payload of each notification; yields an event that is set when the connection is lost.

        Takes one connection out of the pool for as long as the block lasts.
        """
        lost = asyncio.Event()

        def hear(_connection: object, _pid: int, _channel: str, payload: object) -> None:
            heard(str(payload))

        def lose(_connection: object) -> None:
            lost.set()

        async with self._pool.acquire() as connection:
            connection.add_termination_listener(lose)
            await connection.add_listener(channel, hear)
            try:
                yield lost
            finally:
                if not connection.is_closed():
                    connection.remove_termination_listener(lose)
                    await connection.remove_listener(channel, hear)

    async def alive(self) -> None:
        """Raises if PostgreSQL does not answer."""
        async with self._pool.acquire() as connection:
            await connection.execute("select 1")
