"""What the domain's tests share."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pydantic import HttpUrl

from domain.company import Company, Product, Voice
from domain.messages import Inbound, Received

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
COMPANY = Company(
    id="emilio-born",
    name="Emilio Born",
    language="es-MX",
    timezone="America/Mexico_City",
    country="MX",
    currency="MXN",
    voice=Voice(persona="A coach."),
    facts=["La garantía devuelve el 100% en los primeros 7 días.", "El envío cuesta $99."],
)
SESSION = Product(
    sku="session",
    name="Sesión 1 a 1",
    price=Decimal("1900.00"),
    currency="MXN",
    description="Incluye el manual que por separado vale 250 pesos.",
    link=HttpUrl("https://emilioborn.example/sesion"),
)
BOOK = Product(sku="book", name="E-book", price=Decimal("249.50"), currency="MXN")


def received(text: str, *, sequence: int = 1, after: float = 0.0) -> Received:
    """A message that came in some seconds after noon."""
    message = Inbound(id=f"wamid.{sequence}", text=text)
    return Received(sequence=sequence, received_at=NOON + timedelta(seconds=after), message=message)
