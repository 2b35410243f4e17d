"""What the tests of `local/` share: polling, looking at processes, a stack held by another process."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import asyncpg
import psutil
from pymongo import AsyncMongoClient

T = TypeVar("T")
ROOT = Path(__file__).parents[2]


async def eventually(look: Callable[[], Awaitable[T]], within: float = 15.0) -> T:
    """The first truthy answer of `look`; raises AssertionError (or the last error) after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        try:
            if answer := await look():
                return answer
        except (OSError, asyncpg.PostgresError):
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, f"not true within {within} s"
        await asyncio.sleep(0.03)


OTHERS: set[int] = set()
"""Children of this process that were there before the test began."""


def children() -> list[psutil.Process]:
    """The processes that this test has started."""
    return [process for process in psutil.Process().children() if process.pid not in OTHERS]


def child(name: str) -> psutil.Process:
    """Our running child with that program name."""
    return next(process for process in children() if process.name() == name)


async def all_ended(processes: Sequence[psutil.Process]) -> bool:
    """True when none of them runs; one that only waits to be reaped by somebody else has ended."""
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


async def fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url, ssl=False, timeout=5)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url, ssl=False, timeout=5)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def remember(uri: str, word: str) -> None:
    async with AsyncMongoClient[dict[str, str]](uri) as client:
        await client.get_default_database()["words"].insert_one({"_id": word})


async def remembered(uri: str) -> set[str]:
    async with AsyncMongoClient[dict[str, str]](uri) as client:
        return {document["_id"] async for document in client.get_default_database()["words"].find()}


def start_holder(data_dir: Path, *servers: str, python: Sequence[str] = (sys.executable,)) -> "subprocess.Popen[str]":
    """Start holder.py on that directory, in a session of its own; `python` is how to start the interpreter."""
    return subprocess.Popen(
        [*python, "-m", "tests.local.holder", str(data_dir), *servers],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@contextmanager
def held(data_dir: Path, *servers: str, python: Sequence[str] = (sys.executable,)) -> Generator["Holder"]:
    """A stack that runs in another process for the length of a block."""
    process = start_holder(data_dir, *servers, python=python)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield Holder(process, json.loads(line))
    finally:
        process.kill()
        process.communicate()


class Holder:
    def __init__(self, process: "subprocess.Popen[str]", addresses: dict[str, str]) -> None:
        self.process = process
        self.addresses = addresses
        self.descendants = psutil.Process(process.pid).children(recursive=True)
