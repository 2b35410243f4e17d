"""Servers that are killed come back with their data; servers whose parent is killed go with it."""

import os
import signal
from pathlib import Path

import psutil
import pytest
from temporalio.client import Client

from local.stack import embedded
from tests.local.support import all_ended, child, children, eventually, execute, fetch, held, remember, remembered

pytestmark = pytest.mark.kill


async def test_each_killed_server_comes_back_on_its_port_with_its_data(tmp_path: Path) -> None:
    async with embedded(tmp_path, ports={}) as addresses:
        database_url, mongodb_uri = str(addresses.database_url), str(addresses.mongodb_uri)
        await execute(database_url, "CREATE TABLE words (word text)", "INSERT INTO words VALUES ('hola')")
        await remember(mongodb_uri, "hola")
        client = await Client.connect(str(addresses.temporal_address))
        await client.start_workflow("Agent", id="agent/1", task_queue="none")
        killed = [child(name) for name in ("postgres", "mongod", "temporal")]
        for server in killed:
            server.kill()
        psutil.wait_procs(killed, timeout=0)

        async def all_back() -> bool:
            names = {process.name() for process in children() if process not in killed}
            return names >= {"postgres", "mongod", "temporal"}

        await eventually(all_back)
        assert await eventually(lambda: fetch(database_url, "SELECT word FROM words")) == "hola"
        assert await remembered(mongodb_uri) == {"hola"}
        description = await client.get_workflow_handle("agent/1").describe()
        assert description.id == "agent/1"


async def test_the_servers_die_with_a_killed_parent_and_the_next_start_recovers(tmp_path: Path) -> None:
    with held(tmp_path, "postgres", "mongodb", "temporal") as holder:
        await execute(holder.addresses["database_url"], "CREATE TABLE words AS SELECT 'hola' AS word")
        await remember(holder.addresses["mongodb_uri"], "hola")
        client = await Client.connect(holder.addresses["temporal_address"])
        await client.start_workflow("Agent", id="agent/1", task_queue="none")
        assert len(holder.descendants) > 3, "PostgreSQL's own children count too"
        holder.process.kill()
        await eventually(lambda: all_ended(holder.descendants))
    reused_pid = (tmp_path / "postgres" / "postmaster.pid").read_text().split("\n", 1)
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{reused_pid[1]}")

    async with embedded(tmp_path, ports={}) as addresses:
        assert await fetch(str(addresses.database_url), "SELECT word FROM words") == "hola"
        assert await remembered(str(addresses.mongodb_uri)) == {"hola"}
        client = await Client.connect(str(addresses.temporal_address))
        assert (await client.get_workflow_handle("agent/1").describe()).id == "agent/1"


async def test_ctrl_c_in_the_terminal_stops_the_servers_in_order(tmp_path: Path) -> None:
    with held(tmp_path, "postgres", "mongodb") as holder:
        os.killpg(holder.process.pid, signal.SIGINT)
        assert holder.process.wait(timeout=10) == 130
    assert "database system is shut down" in (tmp_path / "logs" / "postgres.log").read_text()
    assert '"exitCode":0' in (tmp_path / "logs" / "mongodb.log").read_text()
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()
