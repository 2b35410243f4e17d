"""No price and no link leaves that the company did not give."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlsplit

from domain.company import Company, Product

_WORLDS = (
    "com|mx|net|org|io|co|ly|link|app|shop|store|example|ai|dev|xyz|info|biz|site|online|page|live|pro|club|academy"
    "|coach|tv|cc|gg|uk|br|ar|cl"
)
"""Top-level domains by which a bare name is known for a link; with a path behind it, any will do."""

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>()\"'“”«»]+"
    rf"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:(?:{_WORLDS})\b(?!\.?\w)|[a-z]{{2,}}(?=/\w))(?:/[^\s<>()\"'“”«»]*)?",
    re.I,
)
_CODES = "MXN USD EUR GBP BRL COP ARS CLP PEN UYU GTQ CRC DOP BOB PYG CAD".split()
_NAMES = {
    **{"us$": "USD", "mx$": "MXN", "r$": "BRL", "s/": "PEN", "€": "EUR", "£": "GBP", "%": "%"},
    **{"dolar": "USD", "dollar": "USD", "euro": "EUR", "real": "BRL", "reais": "BRL", "soles": "PEN"},
    **{"libra": "GBP", "pound": "GBP"},
}
"""Marks and words that mean one currency; $ and pesos may be the company's own."""

_BEFORE = rf"US\$|MX\$|R\$|S/|[$€£]|\b(?:{'|'.join(_CODES)})\b\s?\$?"
_AFTER = rf"€|£|%|\b(?:{'|'.join(_CODES)}|pesos?|d[oó]lar(?:es)?|dollars?|euros?|reais|real|soles|libras?|pounds?)\b"
_SAID = (
    r"cuestan?|valen?|precio(?: es| de)*|quedan? en|salen? en|por s[oó]lo|custam?|pre[cç]o"
    r"|costs?|price(?: is)?|for (?:only|just)"
)
_GROUPED = r"\d{1,3}(?:[.,’' \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)"
_NUMBER = rf"(?:{_GROUPED}|\d+(?:[.,]\d{{1,2}})?(?!\d))"
_THOUSANDS = r"\s?(?:mil|k)\b"
_PRICE = re.compile(
    rf"(?P<mark>{_BEFORE})\s?(?P<a>{_NUMBER})(?P<ka>{_THOUSANDS})?(?:\s?(?P<code>{_AFTER}))?"
    rf"|(?P<b>{_NUMBER})(?P<kb>{_THOUSANDS})?\s?(?:de )?(?P<unit>{_AFTER})"
    rf"|\b(?:{_SAID})\s?:?\s?(?P<c>{_GROUPED}|\d{{3,}}(?:[.,]\d{{1,2}})?(?!\d))",
    re.I,
)


class _Amount(NamedTuple):
    currency: str | None  # "%" for a percentage, None where the text does not say
    value: Decimal

    def may_be(self, other: "_Amount") -> bool:
        same = self.currency == other.currency
        unsaid = None in (self.currency, other.currency) and "%" not in (self.currency, other.currency)
        return self.value == other.value and (same or unsaid)


def violations(bubbles: Sequence[str], company: Company, products: Sequence[Product]) -> list[str]:
    """Every price, percentage and link in the bubbles that neither the catalogue nor the company's facts contain.

    A number counts as a price by its currency, or by a word like "cuesta" before it; the same number in a currency that
    the company did not name is not its price.
    """
    facts = [*company.facts, *(product.description for product in products)]
    known = [_Amount(product.currency, product.price) for product in products] + [each for each, _ in _amounts(facts)]
    links = {_normal(str(product.link)) for product in products if product.link} | set(_links(facts))
    bad_prices = [
        f"the price or percentage {text} is not in the catalogue"
        for amount, text in _amounts(bubbles)
        if not any(amount.may_be(each) for each in known)
    ]
    return bad_prices + [f"the link {link} is not in the catalogue" for link in _links(bubbles) if link not in links]


def _amounts(texts: Iterable[str]) -> list[tuple[_Amount, str]]:
    return [(_amount(match), match[0].strip()) for text in texts for match in _PRICE.finditer(text)]


def _amount(match: re.Match[str]) -> _Amount:
    value = _decimal(match["a"] or match["b"] or match["c"])
    currency = _currency(match["code"] or match["unit"] or "") or _currency(match["mark"] or "")
    return _Amount(currency, value * 1000 if match["ka"] or match["kb"] else value)


def _currency(mark: str) -> str | None:
    plain = unicodedata.normalize("NFD", mark.casefold()).replace("\u0301", "")
    if plain[:3].upper() in _CODES:
        return plain[:3].upper()
    return next((code for name, code in _NAMES.items() if plain.startswith(name)), None)


def _decimal(text: str) -> Decimal:
    """1,990.00, 1.990,00 and 1 990 are one number: a last group of one or two digits is the fraction."""
    whole, _, fraction = re.sub(r"[.,](?=\d{1,2}$)", "|", text).partition("|")
    return Decimal(re.sub(r"\D", "", whole) + "." + (fraction or "0"))


def _links(texts: Iterable[str]) -> list[str]:
    return [_normal(match[0]) for text in texts for match in _LINK.finditer(text)]


def _normal(link: str) -> str:
    """Host, path and query, without the punctuation and WhatsApp's bold and italic marks that a text puts around it."""
    link = link.rstrip(".,;:!?…*_~`|]}/")
    try:
        parts = urlsplit(link if "//" in link else f"https://{link}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # https://[ : no address at all, and so in no catalogue
        return link
    return f"{host}{parts.path}".rstrip("/") + (f"?{parts.query}" if parts.query else "")
