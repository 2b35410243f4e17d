"""One child process: started so that it dies with us, logged, waited for until ready, stopped with grace."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from typing import Self

from local.command import Command, launched
from local.diagnosis import cause, ending
from local.errors import ServerFailed
from local.lifeline import Lifeline
from local.logs import Log

_PROBE_PAUSE = 0.02


class Child:
    """A started process. Make one with `Child.start`."""

    def __init__(self, command: Command, process: asyncio.subprocess.Process, log: Log, lifeline: Lifeline) -> None:
        self._command = command
        self._process = process
        self._log = log
        self._lifeline = lifeline
        self._swept = False

    @classmethod
    async def start(cls, command: Command) -> Self:
        """Start the program in its own session: Ctrl-C in the terminal reaches us, who stop it in order, and not it."""
        log, lifeline = Log(command.log), Lifeline()
        with log.open() as output:
            try:
                process = await asyncio.create_subprocess_exec(
                    *launched(command.argv, command.identity, lifeline=lifeline.theirs),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=command.env,
                    cwd=command.cwd,
                    start_new_session=True,
                    pass_fds=(*command.keep_open, *lifeline.inherited),
                )
            except BaseException:
                lifeline.release()
                raise
            finally:
                lifeline.handed_over()
        return cls(command, process, log, lifeline)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def wait_ready(self) -> None:
        """Return once the probe says yes. Raises ServerFailed if the process ends first or takes too long."""
        command = self._command
        try:
            async with asyncio.timeout(command.ready_within):
                while self._process.returncode is None:
                    if command.probe is None or await command.probe():
                        return
                    await asyncio.sleep(_PROBE_PAUSE)
        except TimeoutError:
            raise self._failure(f"was not ready after {command.ready_within:g} s", self._log.tail()[-1:]) from None
        status = await self.wait()
        raise self._failure(f"{ending(status)} while starting", [cause(status, self._log.tail())])

    async def wait(self) -> int:
        """The exit status once it ended, negative if a signal killed it; its own leftover children are killed."""
        status = await self._process.wait()
        self._sweep()
        return status

    async def stop(self) -> None:
        """End it with its own signal, or with SIGKILL once `stop_within` has passed. Harmless when it already ended."""
        if self._process.returncode is None:
            self._send(self._command.stop_signal)
            try:
                async with asyncio.timeout(self._command.stop_within):
                    await self._process.wait()
            except TimeoutError:
                self._send(signal.SIGKILL)
        await self.wait()

    def _send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    def _sweep(self) -> None:
        """PostgreSQL's backends outlive a killed postmaster for a moment and would refuse the next one its memory."""
        if self._swept:
            return  # by now the number may belong to somebody else's process group
        self._swept = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._lifeline.release()

    def _failure(self, what: str, reason: Sequence[str]) -> ServerFailed:
        command = self._command
        parts = [": ".join([f"{command.name} {what}", *reason])]
        if command.instead:
            parts.append(f"or set {command.instead} to a server of your own")
        if command.log:
            parts.append(f"log: {command.log}")
        return ServerFailed("; ".join(parts), self._log.tail())
