"""The one interface of every way to a customer's WhatsApp."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict, SecretStr

from domain.delivery import FailureKind
from domain.identity import CompanyId, Phone


class Account(BaseModel):
    """The company's side of a channel: whose number it is, and the token that may use it."""

    model_config = ConfigDict(frozen=True)

    company: CompanyId
    phone_number_id: str = ""
    access_token: SecretStr | None = None


class OutboundText(BaseModel):
    """One bubble to send."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Our id; the provider echoes it in every status of this message."""
    to: Phone
    text: str
    """1 to 4,096 characters."""


class SendRefused(Exception):
    """The channel did not take a message, or did not say whether it did (`FailureKind.UNKNOWN`).

    `retry_after` is in seconds, where the provider or its documentation gives one. The message never holds the
    text, the phone or the token.
    """

    def __init__(self, kind: FailureKind, detail: str, *, code: str | None = None, retry_after: float | None = None):
        super().__init__(f"{kind}: {detail}" + (f" (code {code})" if code else ""))
        self.kind = kind
        self.detail = detail
        self.code = code
        self.retry_after = retry_after


class Channel(Protocol):
    """A way to a customer's WhatsApp."""

    async def send(self, account: Account, message: OutboundText) -> str:
        """Hands the bubble over and returns the provider's message id; raises `SendRefused`."""
        ...

    async def seen(self, account: Account, to: Phone, message_id: str, *, typing: bool) -> None:
        """Marks the customer's message as read; with `typing` shows "typing…", up to 25 s. Raises `SendRefused`."""
        ...
