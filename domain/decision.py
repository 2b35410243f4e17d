"""What the model may propose. The shapes are strict so that OpenAI's structured outputs can enforce them:
every field required, no extra field, unions as `anyOf` (platform guide "Structured Outputs", supported schemas)."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Proposed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(_Proposed):
    """Answer the customer, one string per WhatsApp bubble."""

    kind: Literal["reply"]
    bubbles: list[str]


class StaySilent(_Proposed):
    """No answer is needed, as after "ok, thanks"."""

    kind: Literal["stay_silent"]
    why: str


class Urgency(StrEnum):
    """How soon a human must look."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class HandOff(_Proposed):
    """A human must take over; `bubbles` tell the customer so."""

    kind: Literal["hand_off"]
    reason: str
    urgency: Urgency
    summary: str
    bubbles: list[str]


Decision = Reply | StaySilent | HandOff


class Intent(StrEnum):
    """What the customer wants with the latest messages."""

    GREETING = "greeting"
    QUESTION = "question"
    PRICE = "price"
    BUY = "buy"
    OBJECTION = "objection"
    SUPPORT = "support"
    COMPLAINT = "complaint"
    HUMAN = "human"
    CLOSING = "closing"
    OTHER = "other"


class Sentiment(StrEnum):
    """How the customer feels."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Learnt(_Proposed):
    """One thing the latest messages tell of the customer."""

    about: Literal["interest", "objection", "personality", "fact"]
    text: str
    confidence: float = Field(description="From 0 to 1.")


class Answer(_Proposed):
    """The model's whole answer: a decision, and what the messages tell of the customer."""

    decision: Decision
    intent: Intent
    sentiment: Sentiment
    learnt: list[Learnt]
