"""Sentences into bubbles: as few as read well, since every bubble is billed."""

from collections.abc import Sequence

_COMFORTABLE = 240  # Characters that read well in one bubble.


def pack(sentences: Sequence[str], most: int) -> list[str]:
    """The sentences in order, in at most so many bubbles of about the same length."""
    total = sum(len(sentence) for sentence in sentences)
    wanted = min(most, len(sentences), -(-total // _COMFORTABLE))
    bubbles: list[str] = []
    left = total
    for sentence in sentences:
        room = wanted - len(bubbles)
        if bubbles and (room <= 0 or len(bubbles[-1]) < (left + len(bubbles[-1])) / (room + 1)):
            bubbles[-1] = join(bubbles[-1], sentence)
        else:
            bubbles.append(sentence)
        left -= len(sentence)
    return bubbles


def join(first: str, second: str) -> str:
    """Two sentences in a row: a link or a list ends its line, so that no character is taken for a part of it."""
    last_line = first.rsplit("\n", 1)[-1]
    own_line = last_line.startswith("•") or "://" in last_line.rsplit(" ", 1)[-1] or "\n" in second
    return f"{first}{chr(10) if own_line else ' '}{second}"
