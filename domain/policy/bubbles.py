"""From what the model wrote to bubbles WhatsApp takes."""

import re
from collections.abc import Iterable

from domain.messages import MAX_TEXT

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def shape(texts: Iterable[str], most: int, limit: int = MAX_TEXT) -> list[str]:
    """At most `most` bubbles of 1 to `limit` characters, nothing lost and nothing reordered.

    Empty ones go; too many are joined into the last one; one that is too long is split on sentence ends, and only then
    may there be more than `most`, because no word of an answer is thrown away.
    """
    kept = [text.strip() for text in texts if text.strip()]
    if len(kept) > most:
        kept = [*kept[: most - 1], "\n".join(kept[most - 1 :])]
    return [piece for text in kept for piece in split(text, limit)]


def split(text: str, limit: int = MAX_TEXT) -> list[str]:
    """`text` in pieces of at most `limit` characters, cut at sentence ends, else at spaces, else anywhere."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [piece for piece in [*pieces, rest] if piece]


def _cut(text: str, limit: int) -> int:
    ends = [match.start() for match in _SENTENCE_END.finditer(text, 0, limit + 1) if 0 < match.start() <= limit]
    if ends:
        return ends[-1]
    space = text.rfind(" ", 1, limit + 1)
    return space if space > 0 else limit
