"""What becomes of a bubble on its way to the customer."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class DeliveryState(StrEnum):
    """Where a bubble stands in the sends ledger; `STATUS_ORDER` gives the order in which it may rise."""

    RESERVED = "reserved"
    """About to be sent, or sent by an attempt that never came back: the outcome is unknown."""
    RELEASED = "released"
    """Proven not sent; may be tried again."""
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    """Refused for good."""


class FailureKind(StrEnum):
    """What a refusal by the channel means for what we do next."""

    RETRY = "retry"
    PAIR_LIMIT = "pair_limit"
    THROUGHPUT = "throughput"
    WINDOW_CLOSED = "window_closed"
    PERMANENT = "permanent"
    OPTED_OUT = "opted_out"
    OPERATOR = "operator"
    """Nothing goes out of this number until an operator acts (token, payment, account)."""
    UNKNOWN = "unknown"
    """No answer, or one that does not say: it may have been sent."""


STATUS_ORDER = (
    DeliveryState.RESERVED,
    DeliveryState.RELEASED,
    DeliveryState.FAILED,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.READ,
)
"""Provider statuses arrive unordered: a bubble's state is the highest one heard of."""

PROVIDER_STATUSES = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "played": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
}
"""WhatsApp's `statuses[].status` in our words."""


class Undelivered(BaseModel):
    """A bubble that WhatsApp took and then could not deliver: the payload of the signal `undelivered`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bubble: str = Field(min_length=1, max_length=512, description="Our id of it; the same one counts once.")
    kind: FailureKind = FailureKind.PERMANENT
    detail: str = Field(default="", max_length=1000, description="Why, in words for an operator.")


class Delivery(BaseModel):
    """The outcome of one bubble."""

    model_config = ConfigDict(frozen=True)

    bubble: str
    state: DeliveryState
    provider_id: str | None = None
    failure: FailureKind | None = None
    detail: str | None = None

    @property
    def known(self) -> bool:
        """Whether it is certain what happened."""
        return self.state is not DeliveryState.RESERVED

    @property
    def reached_provider(self) -> bool:
        """Whether the channel took the bubble."""
        return self.state in (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ)
