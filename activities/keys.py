"""API keys of companies, in PostgreSQL: only their hashes are kept."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from activities.postgres import Postgres
from domain.errors import NotFound
from domain.identity import CompanyId

PREFIX = "pk"
"""Keys read `pk_<key id>_<secret>`: the id finds the row, the secret is 256 random bits."""


@dataclass(frozen=True)
class KeyRecord:
    """What is known of a key after it was shown once."""

    key_id: str
    label: str
    created_at: datetime
    revoked_at: datetime | None


def key_id_of(key: str) -> str | None:
    """The id in a key's text; None where the text is no key of ours."""
    parts = key.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == PREFIX and all(parts) else None


class Keys:
    """Makes, finds, lists and revokes keys."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def create(self, company: CompanyId, label: str = "") -> str:
        """A new key of this company, in full: it cannot be read again. Raises `NotFound`."""
        key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        try:
            async with self._postgres.tenant(company) as connection:
                await connection.execute(
                    "insert into api_keys (company_id, key_id, key_hash, label) values ($1, $2, $3, $4)",
                    *(company, key_id, _hash(secret), label),
                )
        except asyncpg.ForeignKeyViolationError as error:
            raise NotFound(f"there is no company {company!r}") from error
        return f"{PREFIX}_{key_id}_{secret}"

    async def company_of(self, key: str) -> CompanyId | None:
        """Whose key this is; None for a wrong or a revoked one."""
        key_id = key_id_of(key)
        if key_id is None:
            return None
        async with self._postgres.nobody() as connection:
            row = await connection.fetchrow("select company_id, key_hash from company_of_key($1)", key_id)
        # The function answers a single row of nulls where there is no such key.
        known: bytes = (row["key_hash"] if row else None) or b""
        if row is None or not hmac.compare_digest(known, _hash(key.removeprefix(f"{PREFIX}_{key_id}_"))):
            return None
        return CompanyId(row["company_id"])

    async def list(self, company: CompanyId) -> list[KeyRecord]:
        """The company's keys, revoked ones included, the newest first."""
        async with self._postgres.tenant(company) as connection:
            rows = await connection.fetch(
                "select key_id, label, created_at, revoked_at from api_keys where company_id = $1"
                " order by created_at desc, key_id",
                company,
            )
        return [KeyRecord(**dict(row)) for row in rows]

    async def revoke(self, company: CompanyId, key_id: str) -> None:
        """The key opens nothing from this moment; a second time changes nothing. Raises `NotFound`."""
        async with self._postgres.tenant(company) as connection:
            found = await connection.fetchval(
                "update api_keys set revoked_at = coalesce(revoked_at, now())"
                " where company_id = $1 and key_id = $2 returning true",
                *(company, key_id),
            )
        if not found:
            raise NotFound(f"{company} has no key {key_id[:40]!r}")


def _hash(secret: str) -> bytes:
    # A plain digest is enough: nobody guesses 256 random bits, however fast the hash.
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
