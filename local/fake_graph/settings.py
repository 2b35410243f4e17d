"""What the fake enforces, and where its webhooks go."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

StatusName = Literal["sent", "delivered", "read", "failed"]

NUMBER = "106540352242922"
"""The phone number id of the one business number there is unless told otherwise."""


class Settings(BaseModel):
    """Switches of one fake. `POST /_control/settings` changes them while it runs."""

    model_config = ConfigDict(validate_assignment=True, extra="forbid")

    webhook_url: str
    app_secret: str
    numbers: dict[str, str] = {NUMBER: "local-token"}
    """Phone number id -> the bearer token that may use it."""
    statuses: tuple[StatusName, ...] = ("sent", "delivered")
    """The status webhooks of every accepted message, in this order."""
    window: bool = True
    """Refuse (131047) unless the customer wrote in the last 24 h."""
    pair_limit: bool = False
    """Refuse (131056) more than 45 messages at once to one customer; one more is allowed every 6 s."""
    throughput: int | None = Field(default=None, ge=1)
    """Refuse (130429) more messages than this per second and number."""
    webhook_timeout: float = Field(default=20.0, gt=0)
    """Seconds Meta waits for the webhook's answer."""
    first_retry: float = Field(default=0.1, gt=0)
    """Seconds before an unanswered webhook is delivered again; doubled each time, up to `longest_retry`."""
    longest_retry: float = Field(default=5.0, gt=0)
    retry_for: float = Field(default=600.0, ge=0)
    """Seconds after which a webhook is given up (Meta: up to 7 days)."""
    log_file: Path | None = None
    """A JSONL file that the log is appended to, each line flushed."""


class SettingsChange(BaseModel):
    """The switches to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    webhook_url: str | None = None
    app_secret: str | None = None
    numbers: dict[str, str] | None = None
    statuses: tuple[StatusName, ...] | None = None
    window: bool | None = None
    pair_limit: bool | None = None
    throughput: int | None = None
    webhook_timeout: float | None = None
    first_retry: float | None = None
    longest_retry: float | None = None
    retry_for: float | None = None
