"""One scenario's world: a company, a customer, a Temporal namespace and a worker process of its own."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from api.gateway import Gateway
from config import Settings
from domain.identity import CompanyId, Phone, agent_id
from domain.state import Status
from domain.work import AgentRef, AgentSnapshot
from local.command import Command, server_environment
from local.fake_graph import FakeGraph
from local.fake_graph.inbound import Says
from local.fake_graph.journal import Entry
from local.simulated_openai.control import Control
from local.simulated_openai.outcomes import Outcome
from local.supervisor import Supervised, supervise
from tests.kill.evidence import Evidence, gather
from tests.kill.oracle import Expected, faults
from tests.kill.switchboard import Line

ROOT = Path(__file__).resolve().parents[2]
POLL = 0.1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stage:
    """What one scenario has to itself."""

    settings: Settings
    temporal: Client
    company: CompanyId
    phone: Phone
    number: str
    line: Line
    folder: Path


class Trial:
    """A customer who talks to an agent whose worker dies."""

    def __init__(self, stage: Stage, graph: FakeGraph, brain: Control, kills: str) -> None:
        self.stage = stage
        self.graph = graph
        self.expected = Expected()
        self.waits_for = "the beginning"
        self._brain = brain
        self._kills = kills
        self._marks = stage.folder / "marks"
        self._marks.mkdir()
        self._unanswered: list[str] = []
        self._worker: Supervised | None = None

    # --- The customer -------------------------------------------------------------------------------------------------

    async def says(self, *texts: str, answer: list[str] | None = None) -> None:
        """Writes some messages; with `answer` the model says that to whoever asks about all that is unanswered.

        To another request it says something else: an answer that does not cover every message, in order, shows.
        """
        self._unanswered += texts
        if answer is not None:
            self.drafts(*answer)
            self.expected.bubbles += answer
            self._unanswered = []
        for text in texts:
            says = Says(customer=self.stage.phone, text=text, number=self.stage.number)
            said = await self.graph.inbound.says(says)
            assert said.delivered.status == 200, f"the webhook answered {said.delivered.status}"
            self.expected.inbound.append((said.wamid, text))

    def drafts(self, *bubbles: str) -> None:
        """Makes the model say that to whoever asks about all that is unanswered; nobody need ever see it."""
        items = [{"role": "user", "content": text} for text in self._unanswered]
        whole = json.dumps(items, ensure_ascii=False)[1:]
        self._brain.script([Outcome.model_validate({"reply": bubbles, "when": whole, "times": 9})])

    async def answered(self) -> None:
        """Returns once everything expected has arrived and the agent waits for the customer."""
        await self.until(lambda: len(self.log("accepted")) >= len(self.expected.bubbles), "all bubbles")
        await self.until(self._rests, "the agent waits")
        await self.until(self._told, "all statuses are delivered")

    # --- The worker ---------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """Runs the worker, and runs it again whenever it dies."""
        environment = _environment(self.stage.settings) | {"KILLS": self._kills, "KILL_MARKS": str(self._marks)}
        command = Command(
            name=f"worker of {self.stage.company}",
            argv=[sys.executable, "-m", "tests.kill.crashing_worker"],
            log=self.stage.folder / "worker.log",
            env=environment,
            cwd=self.stage.folder,
            stop_within=20,
        )
        async with supervise(command) as self._worker:
            yield

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Sends the worker a signal now."""
        assert self._worker is not None
        os.kill(self._worker.pid, number)

    async def killed(self) -> None:
        """Returns once the worker has killed itself at every place it was told to."""
        wanted = len(list(filter(None, self._kills.split(","))))
        await self.until(lambda: len(list(self._marks.iterdir())) == wanted, "the worker kills itself")

    # --- Looking ------------------------------------------------------------------------------------------------------

    def log(self, event: str) -> list[Entry]:
        """The fake Graph's entries about this company."""
        entries = self.graph.journal.entries()
        return [each for each in entries if each["event"] == event and each.get("number") == self.stage.number]

    async def until(self, look: Callable[[], bool | Awaitable[bool]], what: str) -> None:
        """Polls until it is so; the scenario's own time limit ends it otherwise, and `what` says where it stood."""
        self.waits_for = what
        while True:
            seen = look()
            if seen if isinstance(seen, bool) else await seen:
                return
            await asyncio.sleep(POLL)

    async def has_timer(self, word: str) -> bool:
        """Whether the agent ever set a timer whose summary says this word."""
        history = await self.handle.fetch_history()
        timers = [event for event in history.events if event.HasField("timer_started_event_attributes")]
        return any(word in event.user_metadata.summary.data.decode() for event in timers)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The agent's workflow."""
        return self.stage.temporal.get_workflow_handle(agent_id(self.stage.company, self.stage.phone))

    async def evidence(self) -> Evidence:
        """What the witnesses say at this moment."""
        entries = [each for each in self.graph.journal.entries() if each.get("number") == self.stage.number]
        return await gather(self.stage.settings, self.stage.company, self.stage.phone, entries, self.handle)

    async def verdict(self) -> None:
        """Raises AssertionError with everything that is wrong."""
        seen = await self.evidence()
        found = faults(self.expected, seen, self._calls())
        marks = len(list(self._marks.iterdir()))
        if marks != len(list(filter(None, self._kills.split(",")))):
            found.append(f"the worker killed itself {marks} times; wanted {self._kills}")
        if found:
            raise AssertionError("\n".join(["", *found, "", await self.report(seen)]))

    async def report(self, seen: Evidence | None = None) -> str:
        """All there is to know, for the message of a failure."""
        try:
            seen = seen or await self.evidence()
        except (RPCError, OSError) as error:
            return f"no evidence: {error!r}"
        lines = (self.stage.folder / "worker.log").read_text(errors="replace").splitlines()
        return "\n".join([f"waited for: {self.waits_for}", seen.describe(), "the worker's log:", *lines[-12:]])

    def _calls(self) -> int:
        return sum(f'"{self.stage.company}.' in call.text for call in self._brain.calls("/v1/responses"))

    async def _rests(self) -> bool:
        agent = AgentRef(company=self.stage.company, phone=self.stage.phone)
        try:
            seen: AgentSnapshot = await Gateway(self.stage.temporal).snapshot(agent)
        except Exception as error:  # no worker yet: whoever polls comes again
            log.debug("no snapshot: %r", error)
            return False
        return seen.status is Status.WAITING and not seen.unanswered

    def _told(self) -> bool:
        webhooks = [entry for entry in self.graph.journal.entries() if entry["event"] == "webhook"]
        done = {str(entry["what"]) for entry in webhooks if entry["http"] == 200}
        return all(f"delivered {entry['wamid']}" in done for entry in self.log("accepted"))


def _environment(settings: Settings) -> dict[str, str]:
    """What the worker's process finds in its environment."""
    values: dict[str, str] = {}
    for name, value in settings:
        if value is not None:
            values[name.upper()] = str(value.get_secret_value() if isinstance(value, SecretStr) else value)
    inherited = {name: os.environ[name] for name in ("PYTHONDONTWRITEBYTECODE",) if name in os.environ}
    return server_environment() | inherited | values | {"PYTHONPATH": str(ROOT)}
