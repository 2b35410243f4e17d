"""PostgreSQL as one company sees it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.identity import CompanyId

Connection = PoolConnectionProxy[asyncpg.Record]

APP_ROLE = "perennial_app"
"""The role every application connection takes on: it owns no table, so row-level security binds it."""


async def open_pool(database_url: str, *, most: int = 20) -> "asyncpg.Pool[asyncpg.Record]":
    """A pool whose connections can do no more than the application may."""
    return await asyncpg.create_pool(
        database_url, min_size=1, max_size=most, command_timeout=10, server_settings={"role": APP_ROLE}
    )


class Postgres:
    """The pool, scoped: every statement runs for one company, or asks one of the three questions that know none."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    @asynccontextmanager
    async def tenant(self, company: CompanyId) -> AsyncGenerator[Connection]:
        """A transaction that sees this company's rows alone; committed at the end, rolled back on an exception."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.company', $1, true)", company)
            yield connection

    @asynccontextmanager
    async def nobody(self) -> AsyncGenerator[Connection]:
        """A connection that sees no company's rows: for what happens before the company is known."""
        async with self._pool.acquire() as connection:
            yield connection

    async def alive(self) -> None:
        """Raises if PostgreSQL does not answer."""
        async with self._pool.acquire() as connection:
            await connection.execute("select 1")
