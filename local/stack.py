"""The servers Perennial needs, for as long as a block runs: `async with embedded(...) as addresses`."""

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local.errors import StackError
from local.lock import locked
from local.mongo import mongo
from local.ports import HOST, Ports
from local.postgres import postgres
from local.temporal import SearchAttribute, temporal

Server = Literal["postgres", "mongodb", "temporal"]

ALL_SERVERS: frozenset[Server] = frozenset({"postgres", "mongodb", "temporal"})
PREFERRED_PORTS: Mapping[str, int] = {"temporal": 7233, "temporal-ui": 8233}


@dataclass(frozen=True)
class Addresses:
    """Where the embedded servers listen; None for those that were not asked for."""

    database_url: str | None = None
    mongodb_uri: str | None = None
    temporal_address: str | None = None
    temporal_ui_url: str | None = None

    def environment(self) -> dict[str, str]:
        """The settings by which other processes find the servers that run."""
        settings = {
            "DATABASE_URL": self.database_url,
            "MONGODB_URI": self.mongodb_uri,
            "TEMPORAL_ADDRESS": self.temporal_address,
        }
        return {name: value for name, value in settings.items() if value is not None}


@asynccontextmanager
async def embedded(
    data_dir: Path,
    *,
    needs: Set[Server] = ALL_SERVERS,
    search_attributes: Sequence[SearchAttribute] = (),
    ports: Mapping[str, int] = PREFERRED_PORTS,
) -> AsyncGenerator[Addresses]:
    """Run the servers in `needs` on the data in `data_dir` (made if missing); stop them at the end, keeping the data.

    They start together, restart on the same port when they die, and listen on 127.0.0.1 only. `ports` are wishes: a
    port used before in this directory comes first, and a taken one is replaced. Raises StackError, whose message is
    one line for a person.
    """
    data_dir = _prepared(data_dir)
    with locked(data_dir) as lock:
        chosen = Ports(data_dir / "ports.json")

        def port(name: str) -> int:
            return chosen.choose(name, ports.get(name))

        servers: dict[Server, AbstractAsyncContextManager[str]] = {}
        ui_port = port("temporal-ui") if "temporal" in needs else 0
        if "postgres" in needs:
            servers["postgres"] = postgres(data_dir, port("postgres"), lock)
        if "mongodb" in needs:
            servers["mongodb"] = mongo(data_dir, port("mongodb"), lock)
        if "temporal" in needs:
            servers["temporal"] = temporal(data_dir, port("temporal"), ui_port, lock, search_attributes)
        async with AsyncExitStack() as running:
            started = await _start_together(running, servers)
            yield Addresses(
                database_url=started.get("postgres"),
                mongodb_uri=started.get("mongodb"),
                temporal_address=started.get("temporal"),
                temporal_ui_url=f"http://{HOST}:{ui_port}" if ui_port else None,
            )


async def _start_together(
    running: AsyncExitStack, servers: Mapping[Server, AbstractAsyncContextManager[str]]
) -> dict[Server, str]:
    """Enter all at once. Raises the first failure once every start has ended, so that none is left half-begun."""
    entering = [running.enter_async_context(server) for server in servers.values()]
    outcomes = await asyncio.gather(*entering, return_exceptions=True)
    addresses: dict[Server, str] = {}
    for name, outcome in zip(servers, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            raise outcome
        addresses[name] = outcome
    return addresses


def _prepared(data_dir: Path) -> Path:
    """Make the directory; refuse one that an earlier start under another user (sudo) has left closed to us."""
    try:
        data_dir = data_dir.resolve()
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        entries = [data_dir, *data_dir.iterdir()]
    except PermissionError as error:
        raise StackError(f"no access to {error.filename}: choose another data directory") from None
    for entry in entries:
        if os.geteuid() not in (0, entry.stat().st_uid):
            raise StackError(f"{entry} belongs to another user: start as that user, or choose another data directory")
    return data_dir
