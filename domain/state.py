"""What an agent carries from task to task and from run to run: small, serialisable, complete."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field, ValidationError, ValidatorFunctionWrapHandler, model_validator

from domain.company import Pacing
from domain.delivery import Delivery, Undelivered
from domain.messages import Echoed, Preference, Received

KNOWN_IDS = 256
"""How many fingerprints of message ids the agent keeps itself (16 characters each); the memory knows the older ones."""


KNOWN_REPLIES = 16
"""How many of the latest requests to send a text the agent knows again, should a client repeat one."""


class Mode(StrEnum):
    """Who speaks for the business."""

    AGENT = "agent"
    OPERATOR = "operator"


class Status(StrEnum):
    """What the agent is doing."""

    ACTIVE = "active"
    WAITING = "waiting"
    DORMANT = "dormant"


class Stage(StrEnum):
    """Where the customer stands with the business."""

    LEAD = "LEAD"
    CUSTOMER = "CUSTOMER"
    ACTIVE_USER = "ACTIVE_USER"
    CHURNED = "CHURNED"


class Brief(BaseModel):
    """What of the company an agent needs to know between two thoughts; renewed with each thought."""

    language: str = "es"
    pacing: Pacing = Pacing()
    windowed: bool = Field(default=False, description="Whether the channel has WhatsApp's 24-hour window.")


class AgentEvent(BaseModel):
    """Something an operator should be able to look up later: who took over, who opted out, what could not be read."""

    number: int
    kind: str
    at: datetime
    by: str = "agent"
    detail: str = ""


class Outgoing(BaseModel):
    """A text of an operator or an API client, waiting for its turn to be sent."""

    number: int
    text: str
    author: str
    operator: bool = Field(description="Whether a human wrote it, so that the agent falls silent.")


class Trouble(BaseModel):
    """Thinking failed for good reasons of the outside; when to try again."""

    tries: int = 0
    retry_at: datetime | None = None
    told: bool = False


class AgentState(BaseModel):
    """The whole state of an agent. Fields are only ever added, with defaults: old runs hand theirs to new code."""

    version: int = 1
    opened: bool = False
    customer_id: str = ""
    name: str | None = None
    stage: Stage = Stage.LEAD
    mode: Mode = Mode.AGENT
    status: Status = Status.WAITING
    opted_out: bool = False
    handed_off: str | None = None
    instruction: str | None = None
    brief: Brief = Brief()

    sequence: int = 0
    turn: int = 0
    superseded: int = 0
    known: list[str] = Field(default_factory=list[str])
    inbox: list[Received] = Field(default_factory=list[Received])
    unanswered: list[Received] = Field(default_factory=list[Received])
    echoes: list[Echoed] = Field(default_factory=list[Echoed])
    undelivered: list[Undelivered] = Field(default_factory=list[Undelivered])
    preferences: list[Preference] = Field(default_factory=list[Preference])
    outbox: list[Outgoing] = Field(default_factory=list[Outgoing])
    replied: dict[str, Delivery] = Field(default_factory=dict[str, Delivery])
    confirm_consent: bool | None = None
    events: list[AgentEvent] = Field(default_factory=list[AgentEvent])
    event_number: int = 0
    trouble: Trouble = Trouble()
    last_interaction: datetime | None = None
    last_inbound: datetime | None = None
    dormant_at: datetime | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _tolerate_strangers(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> "AgentState":
        """A client may start an agent with anything; only a state that an agent carried over must fit."""
        try:
            return handler(value)
        except ValidationError:
            if isinstance(value, dict) and "version" in value:
                raise
            return cls()
