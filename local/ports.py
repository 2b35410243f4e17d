"""Ports on 127.0.0.1 that stay the same from one start to the next, so that URLs can be bookmarked."""

import asyncio
import json
import random
import socket
from pathlib import Path

from local.errors import StackError

HOST = "127.0.0.1"

# Below the range from which Linux and macOS take the ports of outgoing connections: a server that is restarted on its
# port must not find it lent to somebody's client socket.
_RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """True when a server could listen there now, on this address or on all."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)  # two sockets may share a bound address with SO_REUSEADDR, never a listening one
        except OSError:
            return False
    return True


async def listens(port: int) -> bool:
    """True when a server accepts connections there."""
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


class Ports:
    """The ports of one data directory, remembered in a JSON file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._chosen: dict[str, int] = {}
        self._remembered = _read(file)

    def choose(self, name: str, preferred: int | None = None) -> int:
        """The remembered port if it is free, else the preferred one if it is free, else any free one."""
        for port in (self._remembered.get(name), preferred):
            if port is not None and self._available(port):
                return self._take(name, port)
        for port in random.sample(_RANGE, 200):
            if self._available(port):
                return self._take(name, port)
        raise StackError(f"no free port on {HOST} between {_RANGE.start} and {_RANGE.stop}")

    def _available(self, port: int) -> bool:
        return port not in self._chosen.values() and is_free(port)

    def _take(self, name: str, port: int) -> int:
        self._chosen[name] = port
        self._file.write_text(json.dumps(self._remembered | self._chosen, indent=2))
        return port


def _read(file: Path) -> dict[str, int]:
    try:
        return {str(name): int(port) for name, port in json.loads(file.read_text()).items()}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return {}  # a lost or damaged file costs a new port, not a start
