"""The moment in which an answer is found: the prompt, what was heard, and the means to speak."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from local.simulated_openai.brain.hearing import Heard
from local.simulated_openai.brain.matching import in_focus, named_in, products_in
from local.simulated_openai.brain.phrases import PHRASES, Say
from local.simulated_openai.brain.reading import Line, Product, Prompt
from local.simulated_openai.brain.topics import Topic
from local.simulated_openai.brain.words import words

_MONEY_OR_LINK = re.compile(
    r"https?:|www\.|\d\s?%|\w\.(?:com|mx|net|org|io|co|me|ly)\b"
    r"|\$\s?\d|€|\d[\d.,]*\s?(?:(?-i:[A-Z]{3})\b|pesos|usd|dólares|dollars|euros)",
    re.IGNORECASE,
)
_LISTED = 3
_DESCRIBED = 220


@dataclass(frozen=True)
class Scene:
    """All that a reply may draw on."""

    prompt: Prompt
    language: str
    heard: Sequence[Heard]
    name: str | None
    attempt: int = 0
    """Counts the tries at an answer; another one picks other phrases."""

    already: int = 0
    """How many things this answer has said already; the customer is called by name in the first."""

    def say(self, what: Say, **filled: str) -> str:
        """One of the ways to say something, always the same one for the same conversation and attempt."""
        ways = PHRASES[self.language][what]
        seed = "\n".join([self.prompt.business, *(line.text for line in self.prompt.lines), what])
        chosen = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=4).digest(), "big") + self.attempt
        who = f", {self.name}" if self.name and self._names_them(what) else ""
        return ways[chosen % len(ways)].format(who=who, business=self.prompt.business, **filled)

    def _names_them(self, what: Say) -> bool:
        """Only the greeting calls the customer by name or, without one, the first thing said."""
        named = any(heard.topic is Topic.NAME for heard in self.heard)
        return what in (Say.GREET_NEW, Say.GREET_BACK) or not (self.greets or named or self.already)

    @property
    def greets(self) -> bool:
        """Whether the answer begins with a greeting."""
        return self.is_first_answer or any(heard.topic is Topic.GREETING for heard in self.heard)

    @property
    def is_first_answer(self) -> bool:
        """Whether the customer has never heard from us, as far as the prompt tells."""
        return not self.prompt.before and not self.prompt.earlier and not self.prompt.known

    @property
    def plain(self) -> bool:
        """Whether the last proposal was refused, so that prices and links are to be left out."""
        return self.prompt.corrected

    def products(self, heard: Heard) -> list[Product]:
        """What a clause is about: by its own words, the burst's other clauses, the talk before, or as the only one."""
        catalogue = self.prompt.catalogue
        if own := products_in(heard.text, catalogue):
            return own
        if heard.topic is Topic.YES and len(offered := named_in(self.prompt.last_said, catalogue)) == 1:
            return offered
        for other in self.heard:
            if other.topic is not Topic.NAME and (found := products_in(other.text, catalogue)):
                return found
        return in_focus(self.prompt.before, catalogue) or (list(catalogue) if len(catalogue) == 1 else [])

    def described(self, product: Product) -> str:
        """The first sentences of a product's description; empty when there are none, or none that may be said now."""
        text = " ".join(product.description.split())
        if self.plain and self.gives_away(text):
            return ""
        if len(text) > _DESCRIBED:
            cut = text[:_DESCRIBED]
            text = cut[: cut.rfind(". ") + 1] or f"{cut[: cut.rfind(' ')]}…"
        return text if not text or text[-1] in ".!?…" else f"{text}."

    def sayable(self, facts: Sequence[str]) -> list[str]:
        """The facts that may be said now."""
        return [fact for fact in facts if not (self.plain and self.gives_away(fact))]

    def listed(self, products: Sequence[Product]) -> str:
        """Up to three products as lines, with their prices unless those are to be left out."""
        return "\n".join(f"• {p.name}" if self.plain else f"• {p.name}: {p.cost}" for p in products[:_LISTED])

    @staticmethod
    def gives_away(text: str) -> bool:
        """Whether a text holds an amount of money or a link."""
        return bool(_MONEY_OR_LINK.search(text))


def lines_latest_first(lines: Sequence[Line]) -> list[str]:
    """The customer's messages, the latest first; for guessing the language."""
    return [line.text for line in reversed(lines) if not line.ours and words(line.text)]
