"""The log file of a child: appended to across starts, set aside when it grows, read back when something fails."""

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO

_ROTATE_BYTES = 8_000_000
_TAIL_BYTES = 4000
_TAIL_LINES = 12


class Log:
    """Where one run of a program writes; `path` None means our own terminal."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._start = 0

    def open(self) -> AbstractContextManager[IO[bytes] | None]:
        """The file to hand to the child. An overgrown one is first renamed to `NAME.1`."""
        if self._path is None:
            return nullcontext(None)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and self._path.stat().st_size > _ROTATE_BYTES:
            self._path.replace(self._path.with_name(self._path.name + ".1"))
        file = self._path.open("ab")
        self._start = file.tell()
        return file

    def tail(self) -> list[str]:
        """The last lines of this run (never an earlier one's), oldest first."""
        if self._path is None:
            return []
        with self._path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self._start, end - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
        return [line.strip() for line in lines if line.strip()][-_TAIL_LINES:]
