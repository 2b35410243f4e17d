"""A small HTTP/1.1 client: the driver shares two cores with what it measures, and a full client costs a millisecond."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from bench.ear import HOST

MOST_CONNECTIONS = 512
_TIMEOUT = 20.0


@dataclass(frozen=True)
class Posted:
    """One POST: when its first byte was written, when its answer was read (monotonic seconds), and the HTTP status.

    Status 0 stands for no answer.
    """

    began: float
    ended: float
    status: int


@dataclass(frozen=True)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Poster:
    """POSTs to one port of this machine over connections that are kept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Connection] = []
        self._places = asyncio.Semaphore(MOST_CONNECTIONS)

    async def post(self, path: str, headers: Mapping[str, str], body: bytes) -> Posted:
        """One POST, over an idle connection or a new one. Never raises for a server that does not answer."""
        fields = {"Host": HOST, "Content-Length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        raw = f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body
        async with self._places:
            began = time.monotonic()
            try:
                async with asyncio.timeout(_TIMEOUT):
                    connection = await self._connection()
                    began = time.monotonic()
                    status = await _exchange(connection, raw)
            except (OSError, EOFError, TimeoutError):
                status = 0
            else:
                self._idle.append(connection)
            return Posted(began, time.monotonic(), status)

    def close(self) -> None:
        """Closes the idle connections."""
        for connection in self._idle:
            connection.writer.close()
        self._idle.clear()

    async def _connection(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.reader.at_eof() and not connection.writer.is_closing():
                return connection
            connection.writer.close()
        return _Connection(*await asyncio.open_connection(HOST, self._port))


async def _exchange(connection: _Connection, raw: bytes) -> int:
    connection.writer.write(raw)
    head = (await connection.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    await connection.reader.readexactly(int(fields.get("content-length", 0)))
    return int(status.split(" ")[1])
