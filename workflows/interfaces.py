"""What an agent may ask of the world: one abstract class per system, implemented in `activities/`."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.delivery import Delivery
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


class Directory(ABC):
    """Companies and customers."""

    @activity.defn
    @abstractmethod
    async def open_agent(self, agent: AgentRef) -> AgentRecord:
        """Creates the customer if new, returns what is known; raises `ApplicationError` of type "UnknownCompany"."""

    @activity.defn
    @abstractmethod
    async def note_customer(self, note: CustomerNote) -> Done:
        """Writes the agent's present state where operators list and search it."""

    @activity.defn
    @abstractmethod
    async def raise_alert(self, alert: Alert) -> Done:
        """Shows an operator something; the same key once."""


class Memory(ABC):
    """The conversation, for ever."""

    @activity.defn
    @abstractmethod
    async def remember(self, intake: Intake) -> Remembered:
        """Stores inbound messages, each provider id once."""

    @activity.defn
    @abstractmethod
    async def record(self, outcome: Outcome) -> Done:
        """Stores what was said, and what the thought learnt of the customer."""


class Brain(ABC):
    """The model."""

    @activity.defn
    @abstractmethod
    async def decide(self, request: ThinkRequest) -> Thought:
        """Thinks once; a repeat of the same request returns the stored thought instead of paying for another."""


class Messenger(ABC):
    """The channel to the customer."""

    @activity.defn
    @abstractmethod
    async def show_seen(self, cue: SeenCue) -> Done:
        """Read receipt and typing indicator; best effort."""

    @activity.defn
    @abstractmethod
    async def send(self, bubble: Bubble) -> Delivery:
        """Reserves, sends and settles one bubble; an unknown outcome comes back as `RESERVED`, never sent twice."""

    @activity.defn
    @abstractmethod
    async def reconcile(self, bubble: BubbleRef) -> Delivery:
        """What the ledger knows by now of a bubble whose outcome was unknown."""
