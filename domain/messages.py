"""What is said: inbound messages, the transcript's entries, and the ids that keep each of them single."""

import hashlib
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.identity import CompanyId, Phone

MAX_TEXT = 4096
"""Characters in one WhatsApp text message (Cloud API, `text.body`)."""

MAX_INBOUND_TEXT = 16_384
"""Longest inbound text an agent takes in: a Temporal client could send megabytes, and the state stays small."""

KINDS_WITHOUT_ANSWER = frozenset({"reaction", "system", "edit", "revoke", "request_welcome"})
"""Message kinds that are remembered and need no answer of their own."""


class Role(StrEnum):
    """Who speaks."""

    CUSTOMER = "customer"
    AGENT = "agent"
    OPERATOR = "operator"


class Inbound(BaseModel):
    """One message of a customer: the payload of the `receive` signal.

    Only `id` is required; whatever else a client leaves out has a sensible default, and unknown fields are ignored.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(
        min_length=1, max_length=512, description="The provider's message id; the same id is answered once."
    )
    text: str = Field(default="", description="What the customer wrote; empty for other kinds than text.")
    kind: str = Field(default="text", max_length=64, description="WhatsApp's message type, e.g. `text`, `image`.")
    sent_at: datetime | None = Field(default=None, description="When the customer sent it, with its offset.")
    name: str | None = Field(
        default=None, max_length=256, description="The customer's profile name, where the channel tells it."
    )
    channel: str = Field(default="api", max_length=32, description="Where it came in: `simulator`, `cloud_api`, `api`.")


class Echo(BaseModel):
    """What a human of the business wrote to the customer on the company's own phone: the payload of signal `echo`."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1, max_length=512, description="The provider's message id; the same id counts once.")
    text: str = Field(default="", description="What was written, or a caption in square brackets.")


class Preference(BaseModel):
    """The customer's own setting for a business's messages in WhatsApp: the payload of signal `preference`."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1, max_length=512, description="The same id counts once.")
    wanted: bool = Field(description="False: we may not write to them on our own initiative.")


class Echoed(BaseModel):
    """A human's message with its place in the conversation."""

    model_config = ConfigDict(frozen=True)

    sequence: int
    at: datetime
    echo: Echo


class Received(BaseModel):
    """An inbound message with its place in the conversation."""

    model_config = ConfigDict(frozen=True)

    sequence: int = Field(description="Position in the whole conversation, from 1, given by the agent, never reused.")
    received_at: datetime = Field(description="When the agent took it in (workflow time, UTC).")
    message: Inbound


class Said(BaseModel):
    """A message the business sent, with its place in the conversation."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Our id of the bubble, see `bubble_id`.")
    sequence: int
    role: Role
    text: str
    at: datetime
    author: str | None = Field(default=None, description="Who wrote it; None for the agent itself.")


class Entry(BaseModel):
    """One line of the transcript, as the memory keeps it and the API shows it."""

    id: str
    sequence: int
    role: Role
    content: str
    timestamp: datetime
    kind: str = "text"
    author: str | None = None
    turn: int | None = None
    delivery: str | None = None


def fingerprint(message_id: str) -> str:
    """A 16-character digest of a provider's message id: what an agent keeps to know the message again."""
    return hashlib.blake2b(message_id.encode(), digest_size=8).hexdigest()


def bubble_id(company: CompanyId, phone: Phone, turn: int, bubble: int) -> str:
    """Our id of one bubble: the same for every retry, at most 60 characters, and without the customer's phone.

    It travels in WhatsApp's `biz_opaque_callback_data` (at most 512 characters) and comes back in each status.
    """
    agent = hashlib.blake2b(f"{company}/{phone}".encode(), digest_size=12).hexdigest()
    return f"{agent}.{turn}.{bubble}"
