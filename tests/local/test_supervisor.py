"""One supervised program of any kind: our worker and API are started by the same code as the databases."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from local.command import Command, run_tool
from local.errors import ServerFailed
from local.process import Child
from local.supervisor import supervise
from tests.local.support import ROOT, all_ended, children, eventually

SLEEP = "import time; time.sleep(60)"
PARENT_WITHOUT_HELP = f"""
import asyncio, sys
from local import lifeline
from local.command import Command
from local.supervisor import supervise

async def main():
    async with supervise(Command(name="Program", argv=[sys.executable, "-S", "-c", {SLEEP!r}])) as program:
        print(program.pid, flush=True)
        await asyncio.Event().wait()

lifeline.needed = True
asyncio.run(main())
"""


def python(code: str, log: Path | None = None, **env: str) -> Command:
    return Command(name="Program", argv=[sys.executable, "-S", "-c", code], log=log, env=env or None)


async def test_it_gets_its_environment_and_writes_its_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "program.log"
    async with supervise(python(f"import os; print(os.environ['WORD'], flush=True); {SLEEP}", log, WORD="hola")):

        async def written() -> bool:
            return log.read_text() == "hola\n"

        await eventually(written)


async def test_an_early_end_is_told_with_its_last_line(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    program = python("import sys; sys.exit('no such table')", tmp_path / "log")
    command = Command(name="Program", argv=program.argv, log=program.log, probe=never, instead="SOME_URL")
    with pytest.raises(ServerFailed) as failed:
        async with supervise(command):
            pass
    assert str(failed.value) == (
        "Program ended with status 1 while starting: no such table;"
        f" or set SOME_URL to a server of your own; log: {tmp_path / 'log'}"
    )
    assert failed.value.log_tail == ("no such table",)


async def test_a_program_that_is_never_ready_is_stopped() -> None:
    async def never() -> bool:
        return False

    command = Command(name="Program", argv=[sys.executable, "-S", "-c", SLEEP], probe=never, ready_within=0.2)
    with pytest.raises(ServerFailed, match=r"Program was not ready after 0\.2 s"):
        async with supervise(command):
            pass
    assert children() == []


async def test_a_killed_program_is_started_again_and_said_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "local.supervisor"):
        async with supervise(python(SLEEP)) as program:
            first = program.pid
            os.kill(first, signal.SIGKILL)

            async def back() -> bool:
                return program.pid != first and psutil.pid_exists(program.pid)

            await eventually(back)
            assert program.restarts == 1
    assert caplog.messages == [f"Program (pid {first}) was killed by SIGKILL; starting it again in 0.1 s"]
    assert children() == []


async def test_one_that_ignores_its_stop_signal_is_killed_with_all_it_started(tmp_path: Path) -> None:
    family = f"import subprocess, sys; subprocess.Popen([sys.executable, '-S', '-c', {SLEEP!r}]);"
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {family} print(1, flush=True); {SLEEP}"
    log = tmp_path / "log"
    command = Command(name="Program", argv=[sys.executable, "-S", "-c", stubborn], log=log, stop_within=0.2)
    child = await Child.start(command)

    async def settled() -> bool:
        return log.read_text() == "1\n"

    await eventually(settled)
    grandchildren = psutil.Process(child.pid).children()
    await child.stop()
    assert await child.wait() == -signal.SIGKILL
    assert len(grandchildren) == 1
    await eventually(lambda: all_ended(grandchildren))


async def test_without_the_kernels_help_a_pipe_tells_of_our_death() -> None:
    """The way of macOS, exercised wherever the tests run."""
    argv = [sys.executable, "-c", PARENT_WITHOUT_HELP]
    parent = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    orphan = psutil.Process(int(await parent.stdout.readline()))
    assert orphan.is_running()
    parent.kill()
    await parent.wait()
    await eventually(lambda: all_ended([orphan]))


async def test_a_tool_that_fails_is_told_in_one_line() -> None:
    with pytest.raises(ServerFailed, match="tool ended with status 3: oh dear"):
        await run_tool("tool", [sys.executable, "-c", "import sys; print('oh dear'); sys.exit(3)"])
    with pytest.raises(ServerFailed, match="cannot start /no/such/program"):
        await run_tool("tool", ["/no/such/program"])
