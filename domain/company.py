"""A company: its voice, its products, its pace. What the company file holds and the agents live by."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr, model_validator

from domain.identity import parse_company


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA timezone; write one like America/Mexico_City")
    return name


Slug = Annotated[str, AfterValidator(parse_company)]
Timezone = Annotated[str, AfterValidator(_known_timezone)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code, e.g. MXN.")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$", description="BCP 47, e.g. es or es-MX.")]
Text = Annotated[str, Field(min_length=1, max_length=4000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Product(_Strict):
    """Something the company sells. The agent may name this price and this link, and no other."""

    sku: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    price: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
    currency: Currency
    description: Annotated[str, Field(max_length=2000)] = ""
    link: HttpUrl | None = None


class Voice(_Strict):
    """How the company's agents speak."""

    persona: Text
    rules: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(default_factory=list[str], max_length=40)
    forbidden_phrases: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=list[str], max_length=100
    )


class Pacing(_Strict):
    """The agent's pace. Zero switches a delay off."""

    typing_ms_per_character: Annotated[int, Field(ge=0, le=500)] = 50
    typing_max_seconds: Annotated[float, Field(ge=0, le=20)] = 3.0
    burst_complete_seconds: Annotated[float, Field(ge=0, le=30)] = 1.0
    burst_fragment_seconds: Annotated[float, Field(ge=0, le=30)] = 4.0
    burst_max_seconds: Annotated[float, Field(ge=0, le=60)] = 12.0
    dormant_after_minutes: Annotated[float, Field(ge=0.05, le=10_080)] = 30
    max_bubbles: Annotated[int, Field(ge=1, le=5)] = 2
    read_receipts: Annotated[bool, Field(description="Show that the message was read, and typing.")] = True


class ChannelKind(StrEnum):
    """The ways to a customer's WhatsApp."""

    SIMULATOR = "simulator"
    CLOUD_API = "cloud_api"


class SimulatorChannel(_Strict):
    """The web page at /simulator plays the customer's phone."""

    kind: Literal[ChannelKind.SIMULATOR] = ChannelKind.SIMULATOR


class CloudApiChannel(_Strict):
    """The company's number on WhatsApp's Cloud API."""

    kind: Literal[ChannelKind.CLOUD_API] = ChannelKind.CLOUD_API
    phone_number_id: Annotated[str, Field(pattern=r"^[0-9]{5,30}$")]
    access_token: SecretStr | None = Field(
        None, description="A system user's token; stored encrypted, never shown again."
    )


Channel = Annotated[SimulatorChannel | CloudApiChannel, Field(discriminator="kind")]


class Company(_Strict):
    """Everything a company file says, except its products."""

    id: Slug
    name: Annotated[str, Field(min_length=1, max_length=200)]
    language: Language
    timezone: Timezone
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166, e.g. MX.")]
    currency: Currency
    voice: Voice
    facts: list[Annotated[str, Field(min_length=1, max_length=1000)]] = Field(default_factory=list[str], max_length=100)
    pacing: Pacing = Pacing()
    channel: Channel = SimulatorChannel()
    model: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="OpenAI model; None takes OPENAI_MODEL."
    )


class CompanyFile(Company):
    """A company file (`companies/*.yaml`): the company and its products."""

    products: list[Product] = Field(default_factory=list[Product], max_length=2000)

    @model_validator(mode="after")
    def _unique_skus(self) -> "CompanyFile":
        seen: set[str] = set()
        for product in self.products:
            if product.sku in seen:
                raise ValueError(f"two products have the sku {product.sku!r}; each needs its own")
            seen.add(product.sku)
        return self

    def company(self) -> Company:
        """The company without its products."""
        return Company.model_validate(self.model_dump(exclude={"products"}))
