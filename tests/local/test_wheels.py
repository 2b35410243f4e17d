"""What is missing is named, with what to do about it, in one line."""

import importlib.metadata
import importlib.util
import platform
import re
from pathlib import Path

import pytest

from local import mongo, wheels
from local.diagnosis import cause, ending
from local.errors import StackError
from local.stack import embedded

INSTALL = "is not installed here: run `pip install 'perennial[local]'`, or set"


def nothing(name: str) -> None:
    return None


def no_distribution(name: str) -> None:
    raise importlib.metadata.PackageNotFoundError(name)


async def test_a_missing_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", nothing)
    monkeypatch.setattr(importlib.metadata, "distribution", no_distribution)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    with pytest.raises(StackError, match=re.escape(f"PostgreSQL {INSTALL} DATABASE_URL to a server of your own")):
        async with embedded(tmp_path, needs={"postgres"}, ports={}):
            pass
    with pytest.raises(StackError, match=re.escape(f"MongoDB {INSTALL} MONGODB_URI")):
        wheels.mongod_program()
    with pytest.raises(StackError, match=re.escape(f"Temporal {INSTALL} TEMPORAL_ADDRESS")):
        wheels.temporal_program()


def test_a_platform_without_a_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", nothing)
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    with pytest.raises(StackError, match="MongoDB is not packaged for Linux aarch64: set MONGODB_URI"):
        wheels.mongod_program()


async def test_a_missing_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = "libcurl.so.4: cannot open shared object file: No such file or directory"
    program = tmp_path / "mongod"
    program.write_text(f"#!/bin/sh\necho 'mongod: error while loading shared libraries: {library}' >&2\nexit 127\n")
    program.chmod(0o755)
    monkeypatch.setattr(mongo, "mongod_program", lambda: program)
    with pytest.raises(StackError) as failed:
        async with embedded(tmp_path / "data", needs={"mongodb"}, ports={}):
            pass
    assert str(failed.value) == (
        "MongoDB ended with status 127 while starting: libcurl.so.4 is missing here; run `apt-get install libcurl4`;"
        f" or set MONGODB_URI to a server of your own; log: {tmp_path / 'data' / 'logs' / 'mongodb.log'}"
    )


@pytest.mark.parametrize(
    ("status", "line", "words"),
    [
        (-4, "", "AVX"),
        (1, "FATAL: could not write: No space left on device", "the disk is full"),
        (1, "mongod: /lib/libc.so.6: version `GLIBC_2.34' not found", "older than the packaged server"),
        (1, "Failed to bind: Address already in use", "another program took its port"),
        (1, "something else", "something else"),
    ],
)
def test_known_causes(status: int, line: str, words: str) -> None:
    assert words in cause(status, [line])


def test_how_it_ended() -> None:
    assert (ending(2), ending(-9), ending(-99)) == (
        "ended with status 2",
        "was killed by SIGKILL",
        "was killed by signal 99",
    )
