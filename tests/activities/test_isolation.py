"""A company never sees another's data: in our queries, and in PostgreSQL when our queries forget."""

import asyncpg
import pytest

from activities.postgres import APP_ROLE
from config import Settings
from connections import Connections
from domain.errors import NotFound
from domain.identity import CompanyId, Phone
from domain.work import AgentRef, Bubble, Intake
from tests.activities.conftest import received
from tests.conftest import CompanyMaker

TENANT_TABLES = (
    *("companies", "products", "api_keys", "customers", "agent_events", "sends", "usage", "alerts"),
    *("simulator_events", "identities"),
)


@pytest.fixture
async def two(connections: Connections, make_company: CompanyMaker, random_phone: str) -> tuple[AgentRef, AgentRef]:
    """Two companies that have the same person as a customer."""
    refs: list[AgentRef] = []
    for text in ("secreto de la primera", "secreto de la segunda"):
        file = make_company()
        await connections.companies.apply(file)
        ref = AgentRef(company=CompanyId(file.id), phone=Phone(random_phone))
        await connections.directory.open_agent(ref)
        message = received(1, text=text, id="the-same-id")
        assert (await connections.memory.remember(Intake(agent=ref, customer_id="c", messages=[message]))).new == [1]
        await connections.ledger.reserve(Bubble(agent=ref, id=f"{ref.company}.1.1", turn=1, number=1, text=text))
        refs.append(ref)
    return refs[0], refs[1]


async def test_the_memories_of_one_person_at_two_companies_never_meet(
    connections: Connections, two: tuple[AgentRef, AgentRef]
) -> None:
    for agent, secret in zip(two, ("primera", "segunda"), strict=True):
        (entry,) = await connections.memory.conversation(agent, before=None, limit=10)
        assert entry.content == f"secreto de la {secret}"
        document = await connections.memory.document(agent)
        assert [message["content"] for message in document["messages"]] == [f"secreto de la {secret}"]


async def test_a_stranger_has_no_memory(connections: Connections, two: tuple[AgentRef, AgentRef]) -> None:
    with pytest.raises(NotFound):
        await connections.memory.document(AgentRef(company=CompanyId("nobody"), phone=two[0].phone))


@pytest.mark.parametrize("table", TENANT_TABLES)
async def test_unscoped_queries_see_one_company_at_the_most(
    settings: Settings, two: tuple[AgentRef, AgentRef], table: str
) -> None:
    connection = await asyncpg.connect(settings.database_url.get_secret_value(), server_settings={"role": APP_ROLE})
    try:
        assert await connection.fetchval(f"select count(*) from {table}") == 0  # noqa: S608 - our own list
        async with connection.transaction():
            await connection.execute("select set_config('app.company', $1, true)", two[0].company)
            rows = await connection.fetch(f"select distinct company_id from {table}")  # noqa: S608 - our own list
        assert {row["company_id"] for row in rows} <= {two[0].company}
        if table in ("companies", "products", "customers", "sends"):
            assert rows
    finally:
        await connection.close()


async def test_every_table_with_a_company_has_row_level_security_forced(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        rows = await connection.fetch(
            "select c.relname, c.relrowsecurity and c.relforcerowsecurity as forced from pg_class c"
            " join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped"
            " where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"
        )
        assert {row["relname"] for row in rows} == set(TENANT_TABLES)
        assert all(row["forced"] for row in rows)
    finally:
        await connection.close()


async def test_one_company_cannot_write_into_another(settings: Settings, two: tuple[AgentRef, AgentRef]) -> None:
    connection = await asyncpg.connect(settings.database_url.get_secret_value(), server_settings={"role": APP_ROLE})
    try:
        async with connection.transaction():
            await connection.execute("select set_config('app.company', $1, true)", two[0].company)
            assert await connection.execute("update customers set name = 'x'") == "UPDATE 1"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(
                    "insert into customers (company_id, phone) values ($1, '+525500000000')", two[1].company
                )
    finally:
        await connection.close()


async def test_the_application_may_not_switch_the_protection_off(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url.get_secret_value(), server_settings={"role": APP_ROLE})
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("alter table customers disable row level security")
    finally:
        await connection.close()
