"""What passes between an agent and its activities: one model in, one model out for each call."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.decision import Decision, Urgency
from domain.identity import CompanyId, Phone
from domain.messages import Received, Said
from domain.state import AgentEvent, Brief, Mode, Stage, Status


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class AgentRef(_Frozen):
    """Whose agent."""

    company: CompanyId
    phone: Phone


class AgentRecord(_Frozen):
    """What the databases know of an agent that starts without a carried state."""

    customer_id: str
    name: str | None
    stage: Stage
    mode: Mode
    opted_out: bool
    sequence: int = Field(description="The highest sequence ever given; the next one is this plus one.")
    turn: int = Field(description="The highest turn ever begun.")
    event_number: int
    last_inbound: datetime | None = None
    brief: Brief


class Intake(_Frozen):
    """Inbound messages to remember."""

    agent: AgentRef
    customer_id: str
    messages: list[Received]


class Remembered(_Frozen):
    """Which of the messages were new, by sequence. One that the memory already had under another sequence is a
    redelivery, and is not among them."""

    new: list[int]


class ThinkRequest(_Frozen):
    """One thought: the id under which it is stored, and what it must answer."""

    agent: AgentRef
    turn: int
    attempt: int = Field(default=0, description="0 for the first proposal, 1 after a correction.")
    unanswered: list[int] = Field(description="The sequences of the messages to answer, as one.")
    correction: str | None = Field(default=None, description="Why the last proposal was refused.")
    instruction: str | None = Field(default=None, description="What the operator said when handing back.")


class Thought(_Frozen):
    """A proposal, already checked against the catalogue."""

    decision: Decision
    violations: list[str] = Field(default_factory=list[str])
    brief: Brief


class Bubble(_Frozen):
    """One bubble to send, under an id that every retry shares."""

    agent: AgentRef
    id: str
    turn: int
    number: int
    text: str
    window_until: datetime | None = Field(
        default=None, description="When WhatsApp's window shuts; None where the channel has none."
    )
    again: bool = Field(default=False, description="Send although an earlier attempt's outcome was never learnt.")


class BubbleRef(_Frozen):
    """A bubble whose outcome is asked for."""

    agent: AgentRef
    id: str


class SeenCue(_Frozen):
    """Show the customer that their message was read, and that an answer is being typed."""

    agent: AgentRef
    message_id: str
    typing: bool


class Outcome(_Frozen):
    """What a turn came to: what was said, and whose insights to keep."""

    agent: AgentRef
    turn: int
    thought_attempt: int | None = Field(default=None, description="Which proposal was carried out, if any.")
    said: list[Said] = Field(default_factory=list[Said])


class CustomerNote(_Frozen):
    """The agent's present state, as operators list and search it. Absolute values: writing it twice changes nothing."""

    agent: AgentRef
    name: str | None
    stage: Stage
    status: Status
    mode: Mode
    opted_out: bool
    message_count: int
    turn: int
    last_interaction: datetime | None
    last_inbound: datetime | None = None
    handed_off: str | None
    next_contact: datetime | None = None
    events: list[AgentEvent] = Field(default_factory=list[AgentEvent])


AlertKind = Literal[
    "hand_off", "thinking_failed", "send_failed", "send_unknown", "grounding", "unreadable", "two_agents"
]


class Alert(_Frozen):
    """Something an operator must see."""

    agent: AgentRef
    key: str = Field(description="The same key is one alert, however often it is raised.")
    kind: AlertKind
    urgency: Urgency = Urgency.NORMAL
    detail: str


class Done(_Frozen):
    """The answer of an activity that has nothing to tell."""


class Takeover(_Frozen):
    """A human takes the conversation; the agent is silent from this moment."""

    by: str = Field(min_length=1, max_length=100, description="Who takes over.")
    reason: str = Field(default="", max_length=500)


class Release(_Frozen):
    """The human gives the conversation back."""

    by: str = Field(min_length=1, max_length=100)
    instruction: str = Field(default="", max_length=1000, description="One line for the agent's next thought.")


class Reply(_Frozen):
    """A text to the customer that somebody else than the agent wrote."""

    text: str = Field(min_length=1, max_length=4096)
    by: str = Field(min_length=1, max_length=100)
    takes_over: bool = Field(default=True, description="True for a human's word: it silences the agent.")


class Consent(_Frozen):
    """Opt-out or opt-in by an operator's click or an API call."""

    by: str = Field(min_length=1, max_length=100)
    confirm: bool = Field(default=True, description="Whether the customer is told.")


class AgentSnapshot(_Frozen):
    """What an agent is, does and waits for at this moment."""

    company: str
    phone: str
    customer_id: str
    name: str | None
    stage: Stage
    status: Status
    mode: Mode
    opted_out: bool
    handed_off: str | None
    waits_for: str
    waits_until: datetime | None
    messages: int
    turn: int
    unanswered: int
    last_interaction: datetime | None
    window_until: datetime | None = Field(
        default=None, description="Until then free text reaches the customer; null where the channel has no window."
    )
    thinking_retries: int
    history_length: int
