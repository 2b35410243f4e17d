"""The log of everything that happened, in order."""

import json
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

Entry = dict[str, JsonValue]


class Journal:
    """Entries `{"sequence", "at", "event", …}` in memory and, with a path, appended to a JSONL file line by line.

    Events: `inbound`, `accepted`, `answered`, `read`, `refused`, `held`, `released`, `webhook`, `reset`. `at` is UTC;
    `sequence` counts from 1 and does not go back with `forget`.
    """

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("a", buffering=1, encoding="utf-8") if path else None
        self._entries: list[Entry] = []
        self._sequence = 0

    def write(self, event: str, **fields: JsonValue) -> None:
        """Adds one entry."""
        self._sequence += 1
        entry: Entry = {"sequence": self._sequence, "at": datetime.now(UTC).isoformat(), "event": event, **fields}
        self._entries.append(entry)
        if self._file:
            self._file.write(json.dumps(entry) + "\n")

    def entries(self, *, after: int = 0) -> list[Entry]:
        """The entries with a sequence above `after`."""
        first = self._sequence - len(self._entries)
        return self._entries[max(0, after - first) :]

    def forget(self) -> None:
        """Empties the memory; the file keeps its lines and is told."""
        self._entries = []
        self.write("reset")

    def close(self) -> None:
        """Closes the file."""
        if self._file:
            self._file.close()
