"""PostgreSQL as root, as nobody, and where neither works."""

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import psutil
import pytest

from local import identity
from local.errors import StackError
from local.identity import Identity
from local.stack import embedded
from tests.local.support import ROOT, execute, fetch, held

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & 1 for part in (path.resolve(), *path.resolve().parents))


def pythons() -> list[Path]:
    """This interpreter, and the system's own of the same version: a virtual environment may point into /root."""
    system = shutil.which(f"python{sys.version_info.major}.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    return [Path(sys.executable), *([Path(system)] if system else [])]


@pytest.fixture
def private_folder() -> Generator[Path]:
    """As closed to others as /root."""
    folder = Path(tempfile.mkdtemp(prefix="perennial-"))
    yield folder
    shutil.rmtree(folder)


@as_root
async def test_root_may_change_its_disguise_between_starts(
    private_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    namespace, demoted = identity.candidates()
    for disguise in (demoted, namespace, demoted):
        monkeypatch.setattr(identity, "candidates", lambda only=disguise: (only,))
        async with embedded(private_folder / "data", needs={"postgres"}, ports={}) as addresses:
            url = str(addresses.database_url)
            await execute(url, "CREATE TABLE IF NOT EXISTS words AS SELECT 'hola' AS word")
            assert await fetch(url, "SELECT word FROM words") == "hola"
        assert (private_folder / "data" / "postgres" / "PG_VERSION").stat().st_uid == disguise.owner


@as_root
async def test_root_without_a_disguise_is_told_what_to_do(
    private_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "candidates", lambda: (Identity("uid:-5"),))
    with pytest.raises(StackError, match="run as an ordinary user, or set DATABASE_URL"):
        async with embedded(private_folder, needs={"postgres"}, ports={}):
            pass


def effective_user(process: psutil.Process) -> int | None:
    """None for one of PostgreSQL's short-lived children that has ended meanwhile."""
    try:
        return process.uids().effective
    except psutil.NoSuchProcess:
        return None


@as_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv (util-linux)")
@pytest.mark.skipif(not open_to_all(ROOT), reason="the repository is closed to others")
async def test_an_ordinary_user_needs_no_disguise(private_folder: Path) -> None:
    os.chown(private_folder, 65534, 65534)
    python = next((python for python in pythons() if open_to_all(python)), None)
    if python is None:
        pytest.skip("every Python of this version is closed to others")
    with held(private_folder, "postgres", "mongodb", "temporal", python=[*NOBODY, str(python)]) as holder:
        assert await fetch(holder.addresses["database_url"], "SELECT 1") == 1
        assert set(filter(None, map(effective_user, holder.descendants))) == {65534}
