"""Applies `migrations/*.sql` in order, each once, one process at a time."""

from pathlib import Path

import asyncpg

_LOCK = 7_310_884_201
"""Key of the advisory lock that makes concurrent upgrades wait for each other; any constant of our own."""

_ROLES = """
do $$ begin
    perform pg_advisory_xact_lock(7310884202);  -- roles are shared by all databases of a server
    if not exists (select from pg_roles where rolname = 'perennial_app') then create role perennial_app nologin; end if;
    if not exists (select from pg_roles where rolname = 'perennial_lookup') then create role perennial_lookup nologin;
    end if;
    grant perennial_app, perennial_lookup to current_user;
    grant usage on schema public to perennial_app, perennial_lookup;
    grant create on schema public to perennial_lookup;  -- PostgreSQL asks it of a function's owner
end $$;
"""


def files() -> list[Path]:
    """The migrations in the order in which they apply."""
    return sorted(Path(__file__).parent.glob("[0-9]*.sql"))


async def upgrade(database_url: str) -> list[str]:
    """Brings the database up to date and returns the names of the migrations applied now.

    `database_url` must sign in as the owner of the database, with the right to create roles. A migration that fails
    leaves nothing of itself behind.
    """
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(_ROLES)
        await connection.execute(
            "create table if not exists schema_migrations"
            " (name text primary key, applied_at timestamptz not null default now())"
        )
        known = {row["name"] for row in await connection.fetch("select name from schema_migrations")}
        applied: list[str] = []
        for file in files():
            if file.name not in known:
                async with connection.transaction():
                    await connection.execute(file.read_text())
                    await connection.execute("insert into schema_migrations (name) values ($1)", file.name)
                applied.append(file.name)
        return applied
    finally:
        await connection.close()
