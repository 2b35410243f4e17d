"""What the customer's latest messages are about, clause by clause."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local.simulated_openai.brain.topics import CLOSING_WORDS, CONCEPTS, RULES, YES_WORDS, Concept, Topic
from local.simulated_openai.brain.words import fold, key_stems, words

_INTERROGATIVE = (
    r"cu[aá]nt[oa]s?|d[oó]nde|qu[eé]|c[oó]mo|cu[aá]ndo|cu[aá]l(?:es)?|hacen|tienen|aceptan|hay|"
    r"how|what|where|when|which|who|do|does|is|are|can|could"
)
_ASKING = rf"{_INTERROGATIVE}|me|quiero|es|est[aá]|i"
_BOUNDARY = re.compile(
    rf"(?<=[?!.…])\s+|\n+|;\s*|,\s*(?=(?:pero|but)\b)|,?\s+(?=(?:y|e|and|tambi[eé]n|also|adem[aá]s)\s+(?:{_ASKING})\b)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"[\s¡!¿,.👋😊🙂]*(hol[ai]+s?|buen[oa]s?( (tardes|noches|d[ií]as?))?|(hi+|hello|hey)( there)?|good (morning|"
    r"afternoon|evening)|qu[eé] tal|saludos|c[oó]mo est[aá]s?|how are you)\b[\s,.!?¡👋😊🙂]*",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:\b(?i:me llamo|mi nombre es|my name is|my name's)\s+([^\W\d_]+)|\b(?i:soy|i'm|"
    r"i am)\s+([A-ZÁÉÍÓÚÑ][a-záéíóúñ]+))"
    r"(?:\s+[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+)?[\s,.!]*"
)
_UNSEEN = re.compile(r"^\s*\[[^\]]*\]\s*")
_QUESTION = re.compile(rf"\?|^\W*(?:{_INTERROGATIVE})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Heard:
    """A clause and what it is about."""

    topic: Topic
    text: str
    message: int
    """Which of the latest messages it stands in, from 0."""

    concept: Concept | None = None


def hear(messages: Sequence[str], *, offered: bool) -> list[Heard]:
    """Every clause of the messages, in order. `offered`: our last message ended in a question, so "ok" means yes."""
    return [heard for index, message in enumerate(messages) for heard in _message(message, index, offered=offered)]


def _message(message: str, index: int, *, offered: bool) -> Iterator[Heard]:
    if unseen := _UNSEEN.match(message):
        yield Heard(Topic.UNSEEN, unseen[0].strip(), index)
        message = message[unseen.end() :]
    greeted = False
    while greeting := _GREETING.match(message):
        greeted, message = True, message[greeting.end() :]
    if greeted:
        yield Heard(Topic.GREETING, "", index)
    if name := _NAME.search(message):
        yield Heard(Topic.NAME, (name[1] or name[2]).capitalize(), index)
        message = message[: name.start()] + message[name.end() :]
    said = False
    for clause in _clauses(message):
        said = True
        yield _clause(clause, index, offered=offered)
    if not (said or unseen or greeted or name):
        yield Heard(Topic.CLOSING, message, index)


def _clauses(message: str) -> list[str]:
    return [clause.strip() for clause in _BOUNDARY.split(message) if clause and words(clause)]


def _clause(clause: str, index: int, *, offered: bool) -> Heard:
    folded = fold(clause)
    spoken = set(words(clause))
    if spoken <= YES_WORDS and offered:
        return Heard(Topic.YES, clause, index)
    if spoken <= CLOSING_WORDS:
        return Heard(Topic.CLOSING, clause, index)
    topic = next((topic for topic, pattern in RULES if pattern.search(folded)), None)
    concept = next((concept for concept in CONCEPTS if concept.asked.search(folded)), None)
    if topic is Topic.FACT or (topic is None and concept is not None):
        return Heard(Topic.FACT, clause, index, concept)
    if topic is not None:
        return Heard(topic, clause, index)
    return Heard(Topic.QUESTION if _QUESTION.search(clause) else Topic.STATEMENT, clause, index)


def quotable(clause: str) -> str | None:
    """The clause short enough to be quoted, or None when it holds digits or a link, which we never repeat."""
    if re.search(r"\d|https?:|www\.|\w\.\w", clause) or not key_stems(clause):
        return None
    spoken = clause.strip(" ¿?¡!.,").split()
    return " ".join(spoken[:9]) + ("…" if len(spoken) > 9 else "")
