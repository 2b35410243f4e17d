"""`perennial dev`: one command, everything runs, survives kills, keeps its data."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

NAMES_OF_SETTINGS = ("DATABASE_URL", "MONGODB_URI", "TEMPORAL_ADDRESS", "OPENAI_API_KEY", "OPENAI_BASE_URL", "PORT")


class Dev:
    """A running `perennial dev` in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], http: httpx2.Client) -> None:
        self.process = process
        self.http = http

    def say(self, phone: str, text: str) -> None:
        """A customer of the pilot company writes in the simulator."""
        message = {"company": "emilio-born", "phone": phone, "id": os.urandom(8).hex(), "text": text}
        wait_for(lambda: _ok(lambda: self.http.post("/simulator/api/messages", json=message)))

    def bubbles(self, phone: str, admin_key: str) -> list[str]:
        """What the agent has said, as the API tells it."""
        headers = {"Authorization": f"Bearer {admin_key}"}
        path = f"/api/agents/{phone.replace('+', '%2B')}/messages?company=emilio-born"
        answer = self.http.get(path, headers=headers)
        messages: list[dict[str, Any]] = answer.json()["messages"] if answer.status_code == 200 else []
        return [message["content"] for message in messages if message["role"] == "agent"]

    def child(self, command: str) -> psutil.Process:
        """The child process whose command line contains a word."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # one that has just been killed, or restarted, may go while we look
                if child.status() != psutil.STATUS_ZOMBIE and command in " ".join(child.cmdline()):
                    return child
        raise AssertionError(f"nothing runs {command!r}")


@contextmanager
def dev(data: Path) -> Generator[tuple[Dev, str]]:
    """Starts it and reads its welcome; stops it as Ctrl-C does."""
    environment = {name: value for name, value in os.environ.items() if name not in NAMES_OF_SETTINGS}
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "dev"],
        env=environment | {"PERENNIAL_DATA": str(data)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield from _welcomed(process)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(40) == 0


def _welcomed(process: subprocess.Popen[str]) -> Generator[tuple[Dev, str]]:
    assert process.stdout is not None
    welcome = ""
    while "Stop with Ctrl-C" not in welcome:
        line = process.stdout.readline()
        assert line, f"it ended: {welcome}"
        welcome += line
    address = re.search(r"Simulator\s+(http://[^/]+)/simulator", welcome)
    key = re.search(r"admin key: (\S+)", welcome)
    assert address
    assert key
    assert "SIMULATED" in welcome
    with httpx2.Client(base_url=address[1], timeout=10) as http:
        yield Dev(process, http), key[1]


def wait_for(reached: Callable[[], Any], seconds: float = 40) -> Any:
    """Polls until it is true."""
    deadline = time.monotonic() + seconds
    while not (found := reached()):
        assert time.monotonic() < deadline, "never happened"
        time.sleep(0.1)
    return found


def _ok(request: Callable[[], httpx2.Response]) -> bool:
    try:
        return request().status_code < 400
    except httpx2.TransportError:
        return False


@pytest.mark.kill
@pytest.mark.xdist_group("dev")
def test_it_runs_survives_kills_and_keeps_everything(tmp_path: Path, random_phone: str) -> None:
    with dev(tmp_path) as (product, key):
        product.say(random_phone, "ECHO: primera")
        wait_for(lambda: len(product.bubbles(random_phone, key)) == 1)
        for victim in ("cli worker", "cli api", "mongod", "temporal server"):
            product.child(victim).send_signal(signal.SIGKILL)
        product.say(random_phone, "ECHO: segunda")
        wait_for(lambda: _ok(lambda: product.http.get("/api/health")), 60)
        wait_for(lambda: len(product.bubbles(random_phone, key)) == 2, 60)
        children = psutil.Process(product.process.pid).children(recursive=True)
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
    began = time.monotonic()
    with dev(tmp_path) as (product, again):
        assert again == key
        product.say(random_phone, "ECHO: tercera")
        said = wait_for(lambda: found if len(found := product.bubbles(random_phone, key)) == 3 else None)
        assert ["primera" in said[0], "segunda" in said[1], "tercera" in said[2]] == [True] * 3
        print(f"second start to first answer: {time.monotonic() - began:.1f} s")  # noqa: T201 - a figure for the reader
