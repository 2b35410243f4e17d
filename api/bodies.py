"""What clients may send. Unknown fields are refused: a misspelt one would be ignored without a word."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from domain.company import Company, Product
from domain.messages import MAX_TEXT, Inbound
from domain.work import Consent, Release, Takeover

Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Author = Annotated[str, Field(min_length=1, max_length=100, description="Who writes, as operators will read it.")]


class Body(BaseModel):
    """Root of every request's body."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*")
    @classmethod
    def _can_be_stored(cls, value: Any) -> Any:
        # PostgreSQL stores no NUL: an agent that had to write one would try for ever.
        if isinstance(value, str) and "\0" in value:
            raise ValueError("holds the character NUL, which cannot be stored")
        return value


class TakeoverBody(Body, Takeover):
    """A human takes the conversation."""


class ReleaseBody(Body, Release):
    """The agent has the conversation again."""


class ConsentBody(Body, Consent):
    """Opt-out or opt-in."""


class ReplyBody(Body):
    """A human's word to the customer: it silences the agent."""

    text: Text
    by: Author


class SendBody(Body):
    """A text to a customer, through the customer's agent, so that it is remembered."""

    to: str = Field(description="The customer's phone in E.164.", examples=["+525512345678"])
    text: Text
    by: Author = "api"


class MessageBody(Body):
    """A customer's message from another channel."""

    id: str = Field(min_length=1, max_length=512, description="Your id of the message; the same id is answered once.")
    text: str = Field(default="", max_length=MAX_TEXT, description="What the customer wrote.")
    kind: str = Field(default="text", pattern=r"^[a-z_]{1,64}$", description="As WhatsApp names it, e.g. `image`.")
    sent_at: AwareDatetime | None = Field(default=None, description="When the customer sent it, with its offset.")
    name: str | None = Field(default=None, max_length=256, description="The customer's name, if known.")

    def inbound(self, channel: str) -> Inbound:
        """The signal's payload."""
        return Inbound(**self.model_dump(), channel=channel)


class KeyBody(Body):
    """What a new API key is for."""

    label: str = Field(default="", max_length=200)


class ProductsBody(Body):
    """All products of a company, in the order in which they are shown."""

    products: list[Product] = Field(max_length=2000)


CompanyBody = Company
"""A company's settings; the domain's model is strict already."""
