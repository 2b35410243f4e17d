"""Companies and their products in PostgreSQL: read at every turn, written by `company apply` and the API."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from pydantic import SecretStr

from activities.fresh import Fresh
from activities.postgres import Connection, Postgres
from activities.vault import Vault
from channels.base import Account
from domain.company import ChannelKind, CloudApiChannel, Company, CompanyFile, Product
from domain.errors import InvalidInput, NotFound
from domain.identity import CompanyId
from domain.state import Brief


@dataclass(frozen=True)
class Business:
    """A company with what it sells, as one read of the database gave it."""

    company: Company
    products: list[Product]

    @property
    def brief(self) -> Brief:
        """What of it an agent needs to know between two thoughts."""
        windowed = self.company.channel.kind is ChannelKind.CLOUD_API
        return Brief(language=self.company.language, pacing=self.company.pacing, windowed=windowed)


class Companies:
    """The store of companies. Every method but `of_number` and `all` is scoped to one company."""

    def __init__(self, postgres: Postgres, vault: Vault) -> None:
        self._postgres = postgres
        self._vault = vault
        self._businesses: Fresh[Business] = Fresh()
        self._accounts: Fresh[tuple[ChannelKind, Account]] = Fresh()

    async def business(self, company: CompanyId) -> Business:
        """The company and its products in the order of its file, at most `FRESH_FOR` old; raises `NotFound`."""
        return await self._businesses.get(company, self._read_business)

    async def account(self, company: CompanyId) -> tuple[ChannelKind, Account]:
        """The company's channel and its credentials, at most `FRESH_FOR` old; raises `NotFound`, `VaultClosed`."""
        return await self._accounts.get(company, self._read_account)

    async def _read_business(self, company: CompanyId) -> Business:
        async with self._postgres.tenant(company) as connection:
            row = await connection.fetchrow(
                "select settings, (select coalesce(jsonb_agg(product order by position), '[]') from products"
                " where company_id = $1) as products from companies where company_id = $1",
                company,
            )
        if row is None:
            raise NotFound(f"there is no company {company!r}; load one with: perennial company apply FILE")
        products = [Product.model_validate(product) for product in json.loads(row["products"])]
        return Business(Company.model_validate_json(row["settings"]), products)

    async def _read_account(self, company: CompanyId) -> tuple[ChannelKind, Account]:
        async with self._postgres.tenant(company) as connection:
            row = await connection.fetchrow(
                "select settings, credentials from companies where company_id = $1", company
            )
        if row is None:
            raise NotFound(f"there is no company {company!r}")
        channel = Company.model_validate_json(row["settings"]).channel
        if not isinstance(channel, CloudApiChannel):
            return channel.kind, Account(company=company)
        sealed: bytes | None = row["credentials"]
        token = SecretStr(self._vault.unseal(company, sealed)) if sealed else None
        return channel.kind, Account(company=company, phone_number_id=channel.phone_number_id, access_token=token)

    async def apply(self, file: CompanyFile) -> int:
        """Creates or replaces the company and its products in one transaction; returns the company's new version.

        An access token that the file leaves out stays as it is. Raises `InvalidInput` where the number belongs to
        another company, `VaultClosed` where a token cannot be encrypted.
        """
        async with self._postgres.tenant(CompanyId(file.id)) as connection:
            version = await self._write_company(connection, file.company())
            await _write_products(connection, CompanyId(file.id), file.products)
        self._forget(CompanyId(file.id))
        return version

    async def change(self, company: Company) -> int:
        """Replaces a company's settings and leaves its products; returns its new version. Raises as `apply` does."""
        async with self._postgres.tenant(CompanyId(company.id)) as connection:
            version = await self._write_company(connection, company)
        self._forget(CompanyId(company.id))
        return version

    async def change_products(self, company: CompanyId, products: Sequence[Product]) -> None:
        """Replaces all products of a company; raises `NotFound`."""
        async with self._postgres.tenant(company) as connection:
            if not await connection.fetchval("select true from companies where company_id = $1", company):
                raise NotFound(f"there is no company {company!r}")
            await _write_products(connection, company, products)
        self._forget(company)

    async def of_number(self, phone_number_id: str) -> CompanyId | None:
        """The company that a Cloud API number belongs to."""
        async with self._postgres.nobody() as connection:
            found = await connection.fetchval("select company_of_number($1)", phone_number_id)
        return CompanyId(found) if found else None

    async def all(self) -> list[tuple[CompanyId, str]]:
        """Id and name of every company; for the admin alone."""
        async with self._postgres.nobody() as connection:
            rows = await connection.fetch("select company_id, name from list_companies()")
        return [(CompanyId(row["company_id"]), row["name"]) for row in rows]

    def _forget(self, company: CompanyId) -> None:
        self._businesses.forget(company)
        self._accounts.forget(company)

    async def _write_company(self, connection: Connection, company: Company) -> int:
        cloud = company.channel if isinstance(company.channel, CloudApiChannel) else None
        token = cloud.access_token if cloud else None
        sealed = self._vault.seal(company.id, token.get_secret_value()) if token else None
        settings = company.model_dump(mode="json")
        settings["channel"].pop("access_token", None)
        try:
            return await connection.fetchval(
                "insert into companies (company_id, name, settings, credentials, phone_number_id)"
                " values ($1, $2, $3, $4, $5) on conflict (company_id) do update set name = $2, settings = $3,"
                " credentials = coalesce($4, companies.credentials), phone_number_id = $5,"
                " version = companies.version + 1, updated_at = now() returning version",
                *(company.id, company.name, json.dumps(settings), sealed, cloud.phone_number_id if cloud else None),
            )
        except asyncpg.UniqueViolationError as error:
            raise InvalidInput("channel.phone_number_id: this number belongs to another company") from error


async def _write_products(connection: Connection, company: CompanyId, products: Sequence[Product]) -> None:
    await connection.execute("delete from products where company_id = $1", company)
    await connection.executemany(
        "insert into products (company_id, sku, position, product) values ($1, $2, $3, $4)",
        [(company, product.sku, position, product.model_dump_json()) for position, product in enumerate(products)],
    )
