"""Finds the products and facts a clause is about, by the words they share."""

from collections.abc import Sequence

from local.simulated_openai.brain.reading import Line, Product
from local.simulated_openai.brain.topics import Concept
from local.simulated_openai.brain.words import fold, key_stems, related

_NAME_WEIGHT = 3.0
_ROOT = 4  # Letters from which a concept's stem also tells of longer words: "envi", "enviamos".
_CLOSE = 0.75  # Share of the best score that still counts as a match.


def _hits(stems: Sequence[str], text: str) -> set[str]:
    there = key_stems(text)
    return {stem for stem in stems if any(related(stem, other) for other in there)}


def score(text: str, product: Product, catalogue: Sequence[Product]) -> float:
    """How much a text speaks of a product; words that many products share count less."""
    stems = sorted(set(key_stems(text)))
    in_name, in_description = _hits(stems, product.name), _hits(stems, product.description)
    total = 0.0
    for stem in in_name | in_description:
        sharing = sum(bool(_hits([stem], f"{other.name} {other.description}")) for other in catalogue)
        total += (_NAME_WEIGHT if stem in in_name else 1.0) / sharing
    return total


def products_in(text: str, catalogue: Sequence[Product]) -> list[Product]:
    """The products a text speaks of, in the catalogue's order: the best match and those nearly as good."""
    scores = [score(text, product, catalogue) for product in catalogue]
    best = max(scores, default=0.0)
    return [product for product, value in zip(catalogue, scores, strict=True) if best > 0 and value >= best * _CLOSE]


def named_in(text: str, catalogue: Sequence[Product]) -> list[Product]:
    """The products whose whole name stands in a text."""
    folded = fold(text)
    return [product for product in catalogue if fold(product.name) in folded]


def in_focus(lines: Sequence[Line], catalogue: Sequence[Product]) -> list[Product]:
    """The product the conversation was last about, if it is only one."""
    for line in reversed(lines):
        found = named_in(line.text, catalogue) if line.ours else products_in(line.text, catalogue)
        if len(found) == 1:
            return found
    return []


def _tells(concept: Concept, stem: str) -> bool:
    return any(stem == word or (len(word) >= _ROOT and stem.startswith(word)) for word in concept.told)


def fact_about(text: str, concept: Concept | None, facts: Sequence[str]) -> str | None:
    """The fact that answers a clause best, or None if none has to do with it."""
    stems = key_stems(text)
    best, best_score = None, 0
    for fact in facts:
        told = sum(_tells(concept, stem) for stem in set(key_stems(fact))) if concept else 0
        shared = len(_hits(stems, fact))
        value = 2 * told + shared if told or not concept else 0
        if value > best_score:
            best, best_score = fact, value
    return best
