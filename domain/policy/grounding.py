"""No price and no link leaves that the company did not give."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from domain.company import Company, Product

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>()\"']+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|mx|net|org|io|co|me|ly|link|app|shop|store)(?:/[^\s<>()\"']*)?",
    re.I,
)
_NUMBER = r"\d{1,3}(?:[.,\s]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_PRICE = re.compile(
    rf"(?:US\$|R\$|[$€£]|\b(?:MXN|USD|EUR|BRL|COP|ARS|CLP|PEN)\s?)\s?(?P<a>{_NUMBER})"
    rf"|(?P<b>{_NUMBER})\s?(?:€|£|%|\b(?:MXN|USD|EUR|BRL|COP|ARS|CLP|PEN|pesos|d[oó]lares|dollars|euros?|reais)\b)",
    re.I,
)


def violations(bubbles: Sequence[str], company: Company, products: Sequence[Product]) -> list[str]:
    """Every price, percentage and link in the bubbles that neither the catalogue nor the company's facts contain."""
    facts = "\n".join([*company.facts, *(product.description for product in products)])
    prices = {product.price for product in products} | set(_amounts([facts]))
    links = {_normal(str(product.link)) for product in products if product.link} | set(_links([facts]))
    bad_prices = [
        f"the price or percentage {amount} is not in the catalogue"
        for amount in _amounts(bubbles)
        if amount not in prices
    ]
    bad_links = [f"the link {link} is not in the catalogue" for link in _links(bubbles) if link not in links]
    return bad_prices + bad_links


def _amounts(texts: Iterable[str]) -> list[Decimal]:
    found = [match["a"] or match["b"] for text in texts for match in _PRICE.finditer(text)]
    return [amount for text in found if (amount := _decimal(text)) is not None]


def _decimal(text: str) -> Decimal | None:
    """1,990.00, 1.990,00 and 1 990 are one number: a last group of one or two digits is the fraction."""
    whole, fraction = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", text).groups()  # pyright: ignore[reportOptionalMemberAccess]
    try:
        return Decimal(re.sub(r"\D", "", whole) + "." + (fraction or "0"))
    except InvalidOperation:
        return None


def _links(texts: Iterable[str]) -> list[str]:
    return [_normal(match[0]) for text in texts for match in _LINK.finditer(text)]


def _normal(link: str) -> str:
    parts = urlsplit(link if "//" in link else f"https://{link}")
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path}{query}".rstrip(".,;:!?)/")
