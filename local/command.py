"""What to run: a program, how to know that it is ready, how to end it."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.diagnosis import cause, ending
from local.errors import ServerFailed

Probe = Callable[[], Awaitable[bool]]

_LAUNCHER = str(Path(__file__).with_name("launch.py"))


@dataclass(frozen=True, kw_only=True)
class Command:
    """A long-running program. Times are in seconds.

    `env` is the whole environment (None: ours). `log` takes both outputs (None: our own terminal). `probe` answers True
    once the program serves and must not raise for "not yet". `keep_open` are descriptors the program inherits.
    `instead` names the setting that replaces the server, for error messages. `identity`: see identity.py.
    """

    name: str
    argv: Sequence[str]
    log: Path | None = None
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    probe: Probe | None = None
    ready_within: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0
    identity: str = "same"
    keep_open: Sequence[int] = ()
    instead: str = ""


def server_environment() -> dict[str, str]:
    """The little a database needs of our environment: no API keys, no locale, nothing meant for another Temporal."""
    inherited = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {name: os.environ[name] for name in inherited if name in os.environ} | {"LC_ALL": "C", "TZ": "UTC"}


def launched(argv: Sequence[str], identity: str = "same", *, writes: str = "", lifeline: int = -1) -> list[str]:
    """The argument list that runs `argv` through launch.py."""
    return [sys.executable, "-I", "-S", _LAUNCHER, str(os.getpid()), str(lifeline), identity, writes, *argv]


async def run_tool(
    name: str, argv: Sequence[str], *, identity: str = "same", writes: str = "", stdin: str = "", within: float = 60.0
) -> str:
    """Run a program that ends by itself and return what it said. Raises ServerFailed; `within` is in seconds."""
    process = await asyncio.create_subprocess_exec(
        *launched(argv, identity, writes=writes),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=server_environment(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(within):
            output, _ = await process.communicate(stdin.encode())
    except TimeoutError:
        raise ServerFailed(f"{name} did not end within {within:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    if process.returncode:
        raise ServerFailed(f"{name} {ending(process.returncode)}: {cause(process.returncode, lines)}", lines[-12:])
    return "\n".join(lines)
