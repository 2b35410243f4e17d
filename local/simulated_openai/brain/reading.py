"""Takes the prompt apart: `answer.v1.md` as the instructions, `customer.v1.md` as a developer's item, then the talk."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_SECTION = re.compile(r"^# (.+)$", re.MULTILINE)
_BUSINESS = re.compile(r"^Business: (.+?) \(", re.MULTILINE)
_LANGUAGE = re.compile(r"^Language: (\S+)", re.MULTILINE)
_BUBBLES = re.compile(r"At most (\d+) bubbles?")
_FORBIDDEN = re.compile(r'^- Never write: "(.+)"$', re.MULTILINE)
_ITEM = re.compile(
    r"\[(?P<sku>[^\]]+)\] (?P<name>.+?) \| (?P<price>[\d.,]+) (?P<currency>[A-Z]{3}) \|"
    r" (?P<description>.*) \| (?P<link>\S+)",
    re.DOTALL,
)
_COLLEAGUE = "[colleague]"


@dataclass(frozen=True)
class Product:
    """A line of the catalogue, the price exactly as the prompt writes it."""

    name: str
    price: str
    currency: str
    description: str
    link: str | None

    @property
    def cost(self) -> str:
        """The price as it is said, such as "1499.00 MXN"."""
        return f"{self.price} {self.currency}"

    @property
    def amount(self) -> Decimal:
        """The price as a number, for comparing."""
        return Decimal(self.price.replace(",", ""))


@dataclass(frozen=True)
class Line:
    """One message of the conversation."""

    ours: bool
    text: str


@dataclass(frozen=True)
class Prompt:
    """What the prompt says. Whatever is missing is empty: a prompt that is not ours gives an ignorant assistant."""

    business: str
    language: str
    max_bubbles: int
    forbidden: tuple[str, ...]
    facts: tuple[str, ...]
    catalogue: tuple[Product, ...]
    name: str | None
    stage: str
    earlier: str
    known: tuple[str, ...]
    corrected: bool
    handed_back: bool
    lines: tuple[Line, ...]

    @property
    def pending(self) -> tuple[str, ...]:
        """The customer's messages since our last one."""
        return tuple(line.text for line in self.lines[self._last_ours() + 1 :])

    @property
    def before(self) -> tuple[Line, ...]:
        """The conversation up to our last message."""
        return self.lines[: self._last_ours() + 1]

    @property
    def last_said(self) -> tuple[str, ...]:
        """Our latest messages in a row, oldest first."""
        said: list[str] = []
        for line in reversed(self.before):
            if not line.ours:
                break
            said.insert(0, line.text)
        return tuple(said)

    def _last_ours(self) -> int:
        return max((index for index, line in enumerate(self.lines) if line.ours), default=-1)


def read_prompt(instructions: str, items: Sequence[tuple[str, str]]) -> Prompt:
    """Read the instructions and the input's items, given as (role, text)."""
    sections = _sections(instructions)
    customer = _sections("\n".join(text for role, text in items if role in ("developer", "system")))
    about = customer.get("The customer", "")
    return Prompt(
        business=_found(_BUSINESS, instructions) or "the business",
        language=_found(_LANGUAGE, instructions) or "es",
        max_bubbles=int(_found(_BUBBLES, instructions) or 2),
        forbidden=tuple(_FORBIDDEN.findall(instructions)),
        facts=tuple(fact for fact in _bullets(sections.get("Business facts", "")) if fact != "(none given)"),
        catalogue=tuple(_products(sections.get("Catalogue", ""))),
        name=_first_name(_field(about, "Name")),
        stage=_field(about, "Stage"),
        earlier=_field(about, "Earlier"),
        known=tuple(fact for fact in _bullets(about.partition("Known:")[2]) if fact != "nothing yet"),
        corrected="Correction" in customer,
        handed_back=any(title.startswith("From your colleague") for title in customer),
        lines=tuple(_line(role, text) for role, text in items if role in ("user", "assistant")),
    )


def _sections(text: str) -> dict[str, str]:
    pieces = _SECTION.split(text)
    return {title.strip(): body for title, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1].strip() if match else ""


def _field(text: str, name: str) -> str:
    return _found(re.compile(rf"^{name}: (.+)$", re.MULTILINE), text)


def _bullets(text: str) -> list[str]:
    """The bullets of a section; a line that is none goes on with the bullet before it."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("- "):
            found.append(line[2:].strip())
        elif found and line.strip():
            found[-1] += f"\n{line.strip()}"
    return found


def _products(section: str) -> list[Product]:
    matches = (_ITEM.fullmatch(bullet) for bullet in _bullets(section))
    return [
        Product(
            name=match["name"],
            price=match["price"],
            currency=match["currency"],
            description="" if match["description"] == "-" else match["description"],
            link=None if match["link"] == "-" else match["link"],
        )
        for match in matches
        if match
    ]


def _first_name(name: str) -> str | None:
    """The name to call somebody by; profile names that are no name (emoji, numbers, "unknown") give none."""
    first = name.split()[0] if name.split() else ""
    return first if first.isalpha() and first != "unknown" else None


def _line(role: str, text: str) -> Line:
    return Line(role == "assistant", text.removeprefix(_COLLEAGUE).strip())
