"""Keeps one program running: when it dies unasked, it is started again in the same way, until stopped."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self

from local.command import Command
from local.diagnosis import ending
from local.errors import ServerFailed
from local.process import Child

log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_SETTLED_AFTER = 5.0


class Supervised:
    """A program that is kept running. `pid` changes and `restarts` counts up when it had to be started again."""

    def __init__(self, command: Command, child: Child) -> None:
        self._command = command
        self._child = child
        self._keeper = asyncio.create_task(self._keep(), name=f"supervise {command.name}")
        self.restarts = 0

    @classmethod
    async def start(cls, command: Command) -> Self:
        """Start the program and wait until it is ready. Raises ServerFailed: a first start is not tried twice."""
        return cls(command, await _ready(command))

    @property
    def pid(self) -> int:
        return self._child.pid

    async def stop(self) -> None:
        """Stop keeping it, then stop it."""
        self._keeper.cancel()
        await asyncio.wait([self._keeper])
        await self._child.stop()

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            started = time.monotonic()
            status = await self._child.wait()
            if time.monotonic() - started > _SETTLED_AFTER:
                pause = _FIRST_PAUSE
            message = "%s (pid %d) %s; starting it again in %.1f s"
            log.warning(message, self._command.name, self._child.pid, ending(status), pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            await self._start_again()

    async def _start_again(self) -> None:
        try:
            self._child = await Child.start(self._command)
            self.restarts += 1
            await self._child.wait_ready()
        except (ServerFailed, OSError) as failure:  # OSError: the system is out of processes or memory for now
            log.error("%s", failure)
            await self._child.stop()
        else:
            log.info("%s is back (pid %d)", self._command.name, self._child.pid)


async def _ready(command: Command) -> Child:
    child = await Child.start(command)
    try:
        await child.wait_ready()
    except BaseException:
        await child.stop()
        raise
    return child


@asynccontextmanager
async def supervise(command: Command) -> AsyncGenerator[Supervised]:
    """Run a program for the length of a block, restarting it when it dies. Raises ServerFailed if it never is ready."""
    supervised = await Supervised.start(command)
    try:
        yield supervised
    finally:
        await supervised.stop()
