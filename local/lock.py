"""One Perennial per data directory: two servers on the same files would destroy them."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from local.errors import StackError

_LEAVING = 3.0
_PAUSE = 0.05


@contextmanager
def locked(data_dir: Path) -> Generator[int]:
    """Hold the directory for the length of a block; yields the lock's descriptor.

    Servers inherit the descriptor, so the directory stays locked until the last of them is gone, even if we are killed.
    That can outlast us by a moment: when the holder on record is dead, wait up to 3 s for its servers to leave.
    Raises StackError with the holder's pid.
    """
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(descriptor)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _acquire(descriptor: int) -> None:
    deadline = time.monotonic() + _LEAVING
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode()
            if _alive(holder) or time.monotonic() > deadline:
                raise StackError(f"another Perennial is already running here (pid {holder or 'unknown'})") from None
        time.sleep(_PAUSE)


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
