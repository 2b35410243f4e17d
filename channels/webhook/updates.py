"""What a webhook POST can tell: a customer's message, a bubble's status, or something nobody could read."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from domain.delivery import DeliveryState, FailureKind
from domain.errors import InvalidInput
from domain.identity import Phone
from domain.messages import Echo, Inbound, Preference

MAX_RAW = 8_192
"""Characters of JSON kept of an update that could not be read."""


class MalformedPayload(InvalidInput):
    """The body is not JSON, or not a JSON object."""


class _OfCustomer(BaseModel):
    model_config = ConfigDict(frozen=True)

    phone_number_id: str
    customer: tuple[Phone, ...]
    """Who it is: every user id and phone that the update gives of them, the surest first; at least one."""


class CustomerMessage(_OfCustomer):
    """A customer wrote to one of our numbers."""

    type: Literal["message"] = "message"
    message: Inbound


class BubbleStatus(BaseModel):
    """What became of something we sent."""

    model_config = ConfigDict(frozen=True)

    type: Literal["status"] = "status"
    phone_number_id: str
    provider_id: str
    state: DeliveryState
    bubble: str | None
    """Our id, as we gave it in `biz_opaque_callback_data`."""
    at: datetime
    failure: FailureKind | None = None
    """What Meta's error code means, see `channels.cloud_api_errors`; only with `failed`."""
    codes: tuple[int, ...] = ()
    """Meta's error codes."""
    detail: str | None = None
    """Meta's words for the first error: they may name the customer's number, so they are data, not for logs."""
    pricing: dict[str, JsonValue] | None = None
    """Verbatim: what a message costs is worked out later."""


class HumanEcho(_OfCustomer):
    """A human of the business wrote to a customer on the phone that the number is also on."""

    type: Literal["echo"] = "echo"
    message: Echo


class PreferenceChange(_OfCustomer):
    """A customer switched a business's marketing messages off or on, in WhatsApp itself."""

    type: Literal["preference"] = "preference"
    message: Preference


class Unreadable(BaseModel):
    """An update that does not fit: kept for a person to look at. `why` quotes nothing of it, so it may be logged."""

    model_config = ConfigDict(frozen=True)

    type: Literal["unreadable"] = "unreadable"
    phone_number_id: str | None
    why: str
    raw: str
    """Its JSON, cut after `MAX_RAW` characters."""


ForAgent = CustomerMessage | HumanEcho | PreferenceChange
"""What the customer's agent is told."""

Update = ForAgent | BubbleStatus | Unreadable
Updates = tuple[Update, ...]
