"""A world for an agent to live in: recording fakes of the systems behind `workflows.interfaces`."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.company import Pacing
from domain.decision import Decision, Reply
from domain.delivery import Delivery, DeliveryState
from domain.messages import Received, Said
from domain.state import Brief, Mode, Stage
from domain.work import (
    AgentRecord,
    AgentRef,
    Alert,
    Bubble,
    BubbleRef,
    CustomerNote,
    Done,
    Intake,
    Outcome,
    Remembered,
    SeenCue,
    ThinkRequest,
    Thought,
)
from workflows import interfaces

AT_ONCE = Pacing(
    typing_ms_per_character=0, burst_complete_seconds=0, burst_fragment_seconds=0, burst_max_seconds=0, max_bubbles=3
)
"""No delay anywhere: what is tested is order, not time."""


class World(interfaces.Directory, interfaces.Memory, interfaces.Brain, interfaces.Messenger):
    """All systems in one. By default the model answers with the texts it was asked to answer, joined by " | "."""

    def __init__(self, pacing: Pacing = AT_ONCE) -> None:
        self.brief = Brief(language="es", pacing=pacing)
        self.record_of_agent = AgentRecord(
            customer_id="c-1",
            name=None,
            stage=Stage.LEAD,
            mode=Mode.AGENT,
            opted_out=False,
            sequence=0,
            turn=0,
            event_number=0,
            brief=self.brief,
        )
        self.inbound: dict[str, Received] = {}
        self.sent: list[tuple[str, str]] = []
        self.recorded: list[Said] = []
        self.notes: list[CustomerNote] = []
        self.alerts: list[Alert] = []
        self.cues: list[SeenCue] = []
        self.thoughts: list[ThinkRequest] = []
        self.decisions: deque[Decision | Exception | Thought] = deque()
        self.deliveries: deque[Delivery | Exception | Callable[[Bubble], Delivery]] = deque()
        self.statuses: dict[str, DeliveryState] = {}
        self.thinking = Gate()
        self.sending = Gate()

    def activities(self) -> Sequence[Callable[..., Any]]:
        """What the worker registers."""
        return [
            *(self.open_agent, self.note_customer, self.raise_alert, self.remember, self.record),
            *(self.decide, self.show_seen, self.send, self.reconcile),
        ]

    @property
    def texts(self) -> list[str]:
        """What the customer's phone shows, in order."""
        return [text for _, text in self.sent]

    @activity.defn
    async def open_agent(self, agent: AgentRef) -> AgentRecord:
        """The prepared record; unknown companies have names that begin with `no-`."""
        if agent.company.startswith("no-"):
            raise ApplicationError("no such company", type="UnknownCompany", non_retryable=True)
        return self.record_of_agent

    @activity.defn
    async def note_customer(self, note: CustomerNote) -> Done:
        """Recorded."""
        self.notes.append(note)
        return Done()

    @activity.defn
    async def raise_alert(self, alert: Alert) -> Done:
        """Recorded, the same key once."""
        if alert.key not in [known.key for known in self.alerts]:
            self.alerts.append(alert)
        return Done()

    @activity.defn
    async def remember(self, intake: Intake) -> Remembered:
        """Kept by provider id, as the real memory does."""
        for received in intake.messages:
            self.inbound.setdefault(received.message.id, received)
        kept = {received.sequence for received in self.inbound.values()}
        return Remembered(new=[each.sequence for each in intake.messages if each.sequence in kept])

    @activity.defn
    async def record(self, outcome: Outcome) -> Done:
        """Recorded."""
        self.recorded += outcome.said
        return Done()

    @activity.defn
    async def decide(self, request: ThinkRequest) -> Thought:
        """The next scripted decision, or the unanswered texts; held while `thinking` is closed."""
        self.thoughts.append(request)
        await self.thinking.passed()
        scripted = self.decisions.popleft() if self.decisions else None
        if isinstance(scripted, Exception):
            raise scripted
        if isinstance(scripted, Thought):
            return scripted
        by_sequence = {received.sequence: received.message.text for received in self.inbound.values()}
        echo = " | ".join(by_sequence[sequence] for sequence in request.unanswered)
        return Thought(decision=scripted or Reply(kind="reply", bubbles=[echo]), brief=self.brief)

    @activity.defn
    async def show_seen(self, cue: SeenCue) -> Done:
        """Recorded."""
        self.cues.append(cue)
        return Done()

    @activity.defn
    async def send(self, bubble: Bubble) -> Delivery:
        """Scripted, or delivered; held while `sending` is closed."""
        await self.sending.passed()
        scripted = self.deliveries.popleft() if self.deliveries else None
        if isinstance(scripted, Exception):
            raise scripted
        if isinstance(scripted, Delivery):
            return scripted.model_copy(update={"bubble": bubble.id})
        if scripted is not None:
            return scripted(bubble)
        self.sent.append((bubble.id, bubble.text))
        return Delivery(bubble=bubble.id, state=DeliveryState.SENT)

    @activity.defn
    async def reconcile(self, bubble: BubbleRef) -> Delivery:
        """What `statuses` says, else still unknown."""
        return Delivery(bubble=bubble.id, state=self.statuses.get(bubble.id, DeliveryState.RESERVED))


class Gate:
    """A point that activities pass, unless the test has closed it."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._arrived = asyncio.Event()

    def close(self) -> None:
        """From now on activities wait here."""
        self._open.clear()
        self._arrived.clear()

    def open(self) -> None:
        """Lets everyone pass."""
        self._open.set()

    async def reached(self) -> None:
        """Returns once an activity is waiting (or has passed since `close`)."""
        async with asyncio.timeout(20):
            await self._arrived.wait()

    async def passed(self) -> None:
        """For the activity: waits while closed."""
        self._arrived.set()
        await self._open.wait()
