"""How the driver learns that a message was answered, without asking: one datagram each, on the loopback.

The clock is `time.monotonic()`, which on one machine is the same for every process.
"""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

HOST = "127.0.0.1"
_BUFFER = 4 * 2**20

Heard = Callable[[str, float], None]
"""Called with who was answered and when (monotonic seconds)."""


class Voice:
    """The sender's end, in the fake WhatsApp and in the floor's worker."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._to = (HOST, port)

    def tell(self, who: str, at: float | None = None) -> None:
        """Says that `who` was answered, now or at `at`."""
        self._socket.sendto(f"{at or time.monotonic():.6f} {who}".encode(), self._to)


class _Ear(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: Heard = lambda _who, _at: None

    def datagram_received(self, data: bytes, addr: object) -> None:
        at, _, who = data.decode().partition(" ")
        self.heard(who, float(at))


class Ear:
    """The driver's end; `listen` names who is told, one at a time."""

    def __init__(self, protocol: _Ear, port: int) -> None:
        self._protocol = protocol
        self.port = port

    def listen(self, heard: Heard) -> None:
        """From now on tells `heard`, and nobody else."""
        self._protocol.heard = heard


@asynccontextmanager
async def listening() -> AsyncGenerator[Ear]:
    """An ear on a free port, for as long as the block runs."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        own.bind((HOST, 0))
        own.setblocking(False)
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_datagram_endpoint(_Ear, sock=own)
        try:
            yield Ear(protocol, own.getsockname()[1])
        finally:
            transport.close()
