"""The control API under `/_control`: speaks for customers, scripts failures, holds sends, reads the log."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from local.fake_graph.gate import Hold
from local.fake_graph.graph import FakeGraph
from local.fake_graph.inbound import Says
from local.fake_graph.journal import Entry
from local.fake_graph.plans import Plan
from local.fake_graph.requests import customer_key
from local.fake_graph.settings import SettingsChange


class Taken(BaseModel):
    """How the webhook took a delivery."""

    status: int | None = Field(description="The last HTTP status; null without an answer.")
    attempts: int
    wamid: str | None = None


class Window(BaseModel):
    """A customer of a number."""

    customer: str
    number: str


class State(BaseModel):
    """What is going on at this moment."""

    held: int = Field(description="Sends that wait at the gate.")
    plans: int = Field(description="Scripted sends yet to come.")
    webhooks: int = Field(description="Messages with status webhooks yet to be delivered.")


class Control:
    """The handlers of the control API."""

    def __init__(self, graph: FakeGraph) -> None:
        self._graph = graph

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/_control", tags=["control"])
        router.add_api_route("/says", self.says, methods=["POST"])
        router.add_api_route("/deliver", self.deliver, methods=["POST"])
        router.add_api_route("/script", self.script, methods=["POST"])
        router.add_api_route("/script", self.unscript, methods=["DELETE"])
        router.add_api_route("/hold", self.hold, methods=["POST"])
        router.add_api_route("/release", self.release, methods=["POST"])
        router.add_api_route("/close-window", self.close_window, methods=["POST"])
        router.add_api_route("/settings", self.settings, methods=["POST"])
        router.add_api_route("/state", self.state, methods=["GET"])
        router.add_api_route("/log", self.log, methods=["GET"])
        router.add_api_route("/reset", self.reset, methods=["POST"])
        return router

    async def says(self, says: Says) -> Taken:
        """A customer writes: one signed webhook."""
        said = await self._graph.inbound.says(says)
        return Taken(status=said.delivered.status, attempts=said.delivered.attempts, wamid=said.wamid)

    async def deliver(self, request: Request, redeliver: bool = False, signature: str | None = None) -> Taken:
        """Delivers the body of this request byte for byte, signed (or with `signature`, for a forged one)."""
        raw = await request.body()
        delivered = await self._graph.inbound.deliver(raw, redeliver=redeliver, signature=signature)
        return Taken(status=delivered.status, attempts=delivered.attempts)

    async def script(self, plan: Plan) -> State:
        """Lets the next sends run into a plan."""
        self._graph.script(plan)
        return self._state()

    async def unscript(self) -> State:
        """Forgets all plans."""
        self._graph.plans.clear()
        return self._state()

    async def hold(self, hold: Hold) -> State:
        """Holds the nth send from now, until `release`."""
        self._graph.gate.close(hold)
        return self._state()

    async def release(self) -> dict[str, int]:
        """Lets all held sends go on and holds no more."""
        return {"released": self._graph.gate.release()}

    async def close_window(self, window: Window) -> State:
        """Closes the 24 h window of a customer, as if they had never written."""
        self._graph.limits.close_window(window.number, customer_key(window.customer))
        return self._state()

    async def settings(self, change: SettingsChange) -> State:
        """Changes settings; what is left out stays."""
        for name in change.model_fields_set:
            setattr(self._graph.settings, name, getattr(change, name))
        return self._state()

    async def state(self) -> State:
        """What is going on at this moment."""
        return self._state()

    async def log(self, after: int = 0) -> list[Entry]:
        """Everything that happened, in order; with `after`, only entries with a higher sequence."""
        return self._graph.journal.entries(after=after)

    async def reset(self) -> State:
        """Back to the start, but for settings and log file."""
        await self._graph.reset()
        return self._state()

    def _state(self) -> State:
        graph = self._graph
        return State(held=graph.gate.held, plans=len(graph.plans), webhooks=graph.webhooks.pending)
