"""Token counts and the prompt cache, both approximate: one token is taken to be four characters."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

CHARACTERS_PER_TOKEN = 4
_FIRST_CACHED = 1024  # Tokens; shorter prefixes are never cached (platform guide "Prompt caching").
_STEP = 128  # Tokens by which a cached prefix grows.
_REMEMBERED = 20_000  # Prefixes.


def tokens(text: str) -> int:
    """About how many tokens a text has: its characters by four, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


@dataclass(frozen=True)
class Usage:
    """Tokens of one call. Cached and cache-written tokens are inside `input`, reasoning (always 0) inside `output`."""

    input: int
    cached: int
    cache_write: int
    output: int

    def body(self) -> dict[str, JsonValue]:
        """As `response.usage` has it."""
        return {
            "input_tokens": self.input,
            "input_tokens_details": {"cached_tokens": self.cached, "cache_write_tokens": self.cache_write},
            "output_tokens": self.output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self.input + self.output,
        }


class PrefixCache:
    """Which prompt prefixes were seen before, per model, from 1,024 tokens on in steps of 128. Nothing expires."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def look_up(self, model: str, prompt: str) -> tuple[int, int]:
        """Tokens of the longest prefix seen before, and tokens newly written; the prompt is then remembered."""
        cached = written = 0
        for length, digest in _prefixes(model, prompt):
            if digest in self._seen:
                cached = length
                self._seen.move_to_end(digest)
            else:
                written = length - cached
                self._seen[digest] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return cached, written


def _prefixes(model: str, prompt: str) -> Iterator[tuple[int, bytes]]:
    running = hashlib.blake2b(f"{model}\n".encode(), digest_size=16)
    done = 0
    for length in range(_FIRST_CACHED, len(prompt) // CHARACTERS_PER_TOKEN + 1, _STEP):
        end = length * CHARACTERS_PER_TOKEN
        running.update(prompt[done:end].encode())
        done = end
        yield length, running.copy().digest()
