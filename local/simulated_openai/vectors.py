"""Embeddings without a model: a hashed bag of words and their trigrams, so that texts sharing words are near.

The same text always gives the same vector, in every process; vectors have length 1, as OpenAI's have.
"""

import base64
import hashlib
import math
import struct
from collections.abc import Iterator

from local.simulated_openai.brain.words import fold, words

DEFAULT_DIMENSIONS = {"text-embedding-3-large": 3072}
SMALL_DIMENSIONS = 1536
_TRIGRAM_WEIGHT = 0.2


def dimensions_of(model: str) -> int:
    """A model's usual number of dimensions."""
    return DEFAULT_DIMENSIONS.get(model, SMALL_DIMENSIONS)


def embed(text: str, dimensions: int) -> list[float]:
    """The text's unit vector."""
    vector = [0.0] * dimensions
    for feature, weight in _features(text):
        digest = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "little")
        vector[(digest >> 1) % dimensions] += weight if digest & 1 else -weight
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]


def as_base64(vector: list[float]) -> str:
    """The vector as little-endian float32 in base64: what the official client asks for by default."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _features(text: str) -> Iterator[tuple[str, float]]:
    for word in words(text) or [fold(text)]:
        yield word, 1.0
        padded = f" {word} "
        for start in range(len(padded) - 2):
            yield padded[start : start + 3], _TRIGRAM_WEIGHT
