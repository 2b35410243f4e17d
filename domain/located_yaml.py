"""YAML as plain values, with the line of each: for files that people write and that must tell them where they erred.

Only what a person needs is understood: mappings, lists and text. Every scalar stays the text that was written
(`007` keeps its zeros, a price its cents) and is given its type by the model that reads it. Anchors, aliases and tags
are refused, so that no file of a few lines unfolds into gigabytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

from domain.errors import Fault

Value = None | str | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
"""Levels of lists and blocks; a file of nothing but `[` would otherwise exhaust the stack."""

_NULL = frozenset(["", "~", "null", "Null", "NULL"])
_WHOLE = "the file"
_HINTS = {
    "while scanning an alias": "a text that begins with * must stand in quotes",
    "while scanning an anchor": "a text that begins with & must stand in quotes",
    "while scanning a tag": "a text that begins with ! must stand in quotes",
    "while scanning a directive": "a text that begins with % must stand in quotes",
    "mapping values are not allowed": "a colon inside a text, or a wrong indentation; put texts with a colon in quotes",
    "cannot start any token": "a tab or a special character; indent with spaces, and put such a text in quotes",
    "unexpected end of stream": "a quote that is opened here is never closed",
    "expected <block end>": "this line is not indented like those above it",
    "special characters are not allowed": "there is an invisible control character here; delete it",
}


class Unreadable(Exception):
    """The text is not YAML at all, or more than we take; `fault` says where."""

    def __init__(self, line: int, why: str) -> None:
        self.fault = Fault(line, _WHOLE, why)
        super().__init__(why)


@dataclass
class Located:
    """A document: its value (None if empty), the line of each of its parts, and what could not be understood."""

    value: Value = None
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    faults: list[tuple[Path, str]] = field(default_factory=list[tuple[Path, str]])


def read(text: str) -> Located:
    """The first and only document in `text`; raises `Unreadable`."""
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise Unreadable(1, f"is larger than {MAX_BYTES // 1024} KiB")
    reader = _Reader(_events(text.removeprefix("\ufeff")))
    try:
        return reader.document()
    except MarkedYAMLError as error:
        raise _unreadable(error, reader.located) from error
    except YAMLError as error:
        position = next((at for at, char in enumerate(text) if not (char.isprintable() or char in "\t\n\r")), 0)
        raise Unreadable(text.count("\n", 0, position) + 1, _hint("special characters are not allowed")) from error


def _events(text: str) -> Iterator[Event]:
    yaml = YAML(typ="safe", pure=True)
    return cast("Iterator[Event]", yaml.parse(text))  # pyright: ignore[reportUnknownMemberType]


def _unreadable(error: MarkedYAMLError, located: Located) -> Unreadable:
    """Where and why reading ended; a fault found in the same line just before it is the better reason."""
    marked = cast("Any", error)
    mark = marked.problem_mark or marked.context_mark
    if "end of stream" in str(marked.problem) and marked.context_mark:
        mark = marked.context_mark
    line = int(mark.line) + 1 if mark else 1
    causes = [why for path, why in located.faults if located.lines.get(path) == line]
    return Unreadable(line, causes[-1] if causes else _hint(f"{marked.context or ''} {marked.problem or ''}"))


def _hint(problem: str) -> str:
    """The parser's words, and where we know it what a person usually did."""
    for words, hint in _HINTS.items():
        if words in problem:
            return f"is not valid YAML here: {hint}"
    return f"is not valid YAML here: {problem.strip()}"


class _Reader:
    """Builds values from the parser's events, which come one by one: a bad file is left where it goes bad."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self.located = Located()

    def document(self) -> Located:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if () in self.located.lines:
                    raise Unreadable(_line(event), "holds a second document from here on (---); write one file each")
                self.located.lines[()] = 1
            elif not isinstance(event, StreamStartEvent | DocumentEndEvent) and isinstance(event, NodeEvent):
                self.located.lines[()] = _line(event)
                self.located.value = self._value(event, ())
        return self.located

    def _value(self, event: Event, path: Path) -> Value:
        if len(path) > MAX_DEPTH:
            raise Unreadable(_line(event), f"has more than {MAX_DEPTH} levels of lists and blocks here")
        if isinstance(event, AliasEvent):
            return self._fault(path, "a text that begins with * must stand in quotes")
        node: Any = event
        if node.anchor is not None:
            self._fault(path, "a text that begins with & must stand in quotes")
        if node.tag is not None:
            self._fault(path, "a text that begins with ! must stand in quotes")
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        plain = bool(node.implicit[0]) and not node.style
        return None if plain and node.value in _NULL else str(node.value)

    def _mapping(self, path: Path) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while not isinstance(key := next(self._events), MappingEndEvent):
            name = str(cast("Any", key).value) if isinstance(key, ScalarEvent) else ""
            here = (*path, name)
            if not name:
                raise Unreadable(_line(key), "needs a plain name before the colon here")
            if name in found:
                self._fault(here, f"is there twice, the second time in line {_line(key)}; keep one")
            else:
                self.located.lines[here] = _line(key)
            value = self._value(next(self._events), here)
            found.setdefault(name, value)
        return found

    def _sequence(self, path: Path) -> list[Value]:
        found: list[Value] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            here = (*path, len(found))
            self.located.lines[here] = _line(event)
            found.append(self._value(event, here))
        return found

    def _fault(self, path: Path, why: str) -> None:
        self.located.faults.append((path, why))


def _line(event: Event) -> int:
    return cast("int", cast("Any", event).start_mark.line) + 1
