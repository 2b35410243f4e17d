"""The embedded stack: what it yields, what it keeps, whom it refuses."""

import os
from datetime import timedelta
from pathlib import Path

import asyncpg
import psutil
import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from local.errors import StackError
from local.stack import Addresses, embedded
from local.temporal import SearchAttribute, prepare_namespace
from local.wheels import temporal_program
from tests.local.support import child, children, eventually, execute, fetch, held, remember, remembered

COMPANY: SearchAttribute = ("CompanyId", "Keyword")
STAGE: SearchAttribute = ("Stage", "Keyword")


async def start_agent(address: str | None, workflow_id: str, attribute: SearchAttribute) -> None:
    client = await Client.connect(str(address))
    pair = SearchAttributePair(SearchAttributeKey.for_keyword(attribute[0]), "lola")
    await client.start_workflow(
        "Agent", id=workflow_id, task_queue="none", search_attributes=TypedSearchAttributes([pair])
    )


async def agents_seen(address: str | None, attribute: SearchAttribute) -> int:
    client = await Client.connect(str(address))
    return (await client.count_workflows(f"{attribute[0]} = 'lola'")).count


async def retention(address: str | None) -> timedelta:
    client = await Client.connect(str(address))
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    return answer.config.workflow_execution_retention_ttl.ToTimedelta()


async def test_everything_is_still_there_after_a_stop_and_a_start(tmp_path: Path) -> None:
    async with embedded(tmp_path, search_attributes=[COMPANY], ports={}) as first:
        await execute(str(first.database_url), "CREATE TABLE words (word text)", "INSERT INTO words VALUES ('hola')")
        await remember(str(first.mongodb_uri), "hola")
        await start_agent(first.temporal_address, "agent/1", COMPANY)
        assert await retention(first.temporal_address) == timedelta(hours=720)
        assert listening_addresses() == {"127.0.0.1"}
    assert children() == []

    async with embedded(tmp_path, search_attributes=[COMPANY, STAGE], ports={}) as second:
        assert second == first, "the same ports and password as before"
        assert await fetch(str(second.database_url), "SELECT word FROM words") == "hola"
        assert await remembered(str(second.mongodb_uri)) == {"hola"}
        await start_agent(second.temporal_address, "agent/2", STAGE)  # an attribute the database did not have

        async def both_seen() -> bool:
            address = second.temporal_address
            return (await agents_seen(address, COMPANY), await agents_seen(address, STAGE)) == (1, 1)

        await eventually(both_seen)
        with pytest.raises(StackError, match="CompanyId already exists and has different type"):
            await prepare_namespace(str(temporal_program()), str(second.temporal_address), [("CompanyId", "Int")])


def listening_addresses() -> set[str]:
    connections = [found for server in children() for found in server.net_connections("inet")]
    return {str(connection.laddr[0]) for connection in connections if connection.status == psutil.CONN_LISTEN}


async def test_the_products_role_is_bound_by_row_level_security(tmp_path: Path) -> None:
    async with embedded(tmp_path, needs={"postgres"}, ports={}) as addresses:
        url = str(addresses.database_url)
        privileges = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        assert await fetch(url, privileges) is False
        await execute(url, "CREATE ROLE perennial_app LOGIN PASSWORD 'app'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(url, "CREATE ROLE too_strong BYPASSRLS")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await fetch(url.replace("perennial:", "postgres:", 1), "SELECT 1")
        password_file = tmp_path / "postgres" / "perennial.password"
        assert password_file.stat().st_mode & 0o077 == 0


async def test_only_what_is_needed_is_started(tmp_path: Path) -> None:
    async with embedded(tmp_path, needs={"mongodb"}, ports={}) as addresses:
        assert addresses == Addresses(mongodb_uri=addresses.mongodb_uri)
        assert addresses.environment() == {"MONGODB_URI": addresses.mongodb_uri}
        assert [process.name() for process in children()] == ["mongod"]
        assert child("mongod").is_running()


async def test_a_second_start_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with held(tmp_path, "mongodb") as other, pytest.raises(StackError) as refused:
        async with embedded(tmp_path, needs={"mongodb"}, ports={}):
            pass
    assert str(refused.value) == f"another Perennial is already running here (pid {other.process.pid})"


async def test_a_failing_server_takes_the_others_down_with_it(tmp_path: Path) -> None:
    (tmp_path / "temporal").mkdir()
    (tmp_path / "temporal" / "temporal.db").write_text("not a database, and long enough to be taken for one" * 100)
    with pytest.raises(StackError, match="Temporal ended with status 1 while starting") as failed:
        async with embedded(tmp_path, ports={}):
            pass
    assert "\n" not in str(failed.value)
    assert children() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every directory")
async def test_a_directory_of_somebody_else_is_refused() -> None:
    with pytest.raises(StackError, match="choose another data directory"):
        async with embedded(Path("/proc"), needs={"mongodb"}, ports={}):
            pass
