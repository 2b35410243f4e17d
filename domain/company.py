"""A company: its voice, its products, its pace. What the company file holds and the agents live by."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from domain.errors import InvalidCompanyId
from domain.identity import parse_company


@cache
def _timezones() -> frozenset[str]:
    """Read once: it walks the whole zone database (25 ms), and a company is validated at every send."""
    return frozenset(available_timezones())


def _known_timezone(name: str) -> str:
    if name not in _timezones():
        raise ValueError(f"{name!r} is no IANA timezone; write one like America/Mexico_City")
    return name


def _known_slug(text: str) -> str:
    """A `ValueError`, so that pydantic reports it beside all other faults instead of stopping there."""
    try:
        return parse_company(text)
    except InvalidCompanyId as error:
        raise ValueError(str(error)) from error


Slug = Annotated[str, AfterValidator(_known_slug)]
Timezone = Annotated[str, AfterValidator(_known_timezone)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code, e.g. MXN.")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$", description="BCP 47, e.g. es or es-MX.")]
Text = Annotated[str, Field(min_length=1, max_length=4000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Product(_Strict):
    """Something the company sells. The agent may name this price and this link, and no other."""

    sku: Annotated[
        str,
        Field(
            min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$", description="Letters, digits, dots, hyphens, _."
        ),
    ]
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
    stale_after_hours: Annotated[
        float, Field(ge=1, le=720, description="An older message, delivered late, is remembered and not answered.")
    ] = 24
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
    phone_number_id: Annotated[str, Field(pattern=r"^[0-9]{5,30}$", description="5 to 30 digits, from Meta's page.")]
    access_token: SecretStr | None = Field(
        default=None, description="A system user's token; stored encrypted, never shown again."
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
        default=None, description="OpenAI model; None takes OPENAI_MODEL."
    )


class CompanyFile(Company):
    """A company file (`companies/*.yaml`): the company and its products."""

    products: list[Product] = Field(default_factory=list[Product], max_length=2000)

    @field_validator("products")
    @classmethod
    def _agree(cls, products: list[Product], info: ValidationInfo) -> list[Product]:
        pairs = [(product.sku, product.currency) for product in products]
        clashes: list[InitErrorDetails] = [
            {"type": PydanticCustomError("clash", "{why}", {"why": why}), "loc": (index, field), "input": ""}
            for index, field, why in product_clashes(info.data.get("currency"), pairs)
        ]
        if clashes:
            raise ValidationError.from_exception_data("products", clashes)
        return products

    def company(self) -> Company:
        """The company without its products."""
        return Company.model_validate(self.model_dump(exclude={"products"}))


def product_clashes(
    currency: str | None, products: Sequence[tuple[str | None, str | None]]
) -> Iterator[tuple[int, str, str]]:
    """Where products, as (sku, currency), disagree with each other or with the company: index, field, why.

    None stands for a value that is wrong in itself and clashes with nothing.
    """
    seen: set[str] = set()
    for index, (sku, own) in enumerate(products):
        if sku and sku in seen:
            yield index, "sku", f"two products have the sku {sku!r}; each needs its own"
        if currency and own and own != currency:
            yield index, "currency", f"is {own}, but the company's currency is {currency}; prices need one currency"
        seen |= {sku} if sku else set()
