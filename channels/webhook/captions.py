"""What a message says, in words, whatever kind it is."""

from collections.abc import Callable

from pydantic import JsonValue

from channels.webhook.reading import items_of, joined, words_of

_ANSWERS: dict[str, Callable[[JsonValue], str]] = {
    "text": lambda content: words_of(content, "body"),
    "button": lambda content: words_of(content, "text"),
    "interactive": lambda content: (
        words_of(content, "button_reply", "title") or words_of(content, "list_reply", "title")
    ),
}
"""Kinds in which the customer speaks: these words stand for themselves."""

_CAPTIONS: dict[str, Callable[[JsonValue], str]] = {
    "image": lambda content: words_of(content, "caption"),
    "video": lambda content: words_of(content, "caption"),
    "document": lambda content: joined(words_of(content, "filename"), words_of(content, "caption")),
    "location": lambda content: (
        joined(words_of(content, "name"), words_of(content, "address"))
        or joined(words_of(content, "latitude"), words_of(content, "longitude"))
    ),
    "contacts": lambda content: joined(*(words_of(card, "name", "formatted_name") for card in items_of(content))),
    "reaction": lambda content: words_of(content, "emoji"),
    "interactive": lambda content: words_of(content, "nfm_reply", "body"),
    "order": lambda content: words_of(content, "text"),
}
"""Kinds that show something else than words: what is worth saying after their name in brackets."""


def caption(kind: str, content: JsonValue) -> str:
    """What a message of `kind` says: the customer's words, or what they sent, as in `[image] my sofa` or `[audio]`."""
    answer = _ANSWERS[kind](content) if kind in _ANSWERS else ""
    if answer:
        return answer
    label = (words_of(content, "type") if kind == "unsupported" else "") or kind
    words = _CAPTIONS[kind](content) if kind in _CAPTIONS else ""
    return f"[{label[:64]}] {words}".rstrip()
