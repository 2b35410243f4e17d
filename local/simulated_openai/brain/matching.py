"""Finds the products and facts a clause is about, by the words they share."""

from collections.abc import Sequence

from local.simulated_openai.brain.reading import Line, Product
from local.simulated_openai.brain.topics import Concept
from local.simulated_openai.brain.words import fold, key_stems, related

_NAME_WEIGHT = 3.0
_CLOSE = 0.75  # Share of the best score that still counts as a match.
_ROOT = 4  # Letters from which a concept's stem also tells of longer words: "envi", "enviamos".


def _has(stem: str, text: str) -> bool:
    return any(related(stem, other) for other in key_stems(text))


def products_in(text: str, catalogue: Sequence[Product], *, by_name: bool = False) -> list[Product]:
    """The products a text speaks of, in the catalogue's order: the best match and those nearly as good.

    Words of a product's name weigh three times those of its description (`by_name`: the latter nothing), and a word
    that several products share weighs so many times less.
    """
    scores = [0.0] * len(catalogue)
    for stem in set(key_stems(text)):
        weights = [
            _NAME_WEIGHT if _has(stem, product.name) else float(not by_name and _has(stem, product.description))
            for product in catalogue
        ]
        sharing = sum(weight > 0 for weight in weights)
        scores = [score + weight / max(sharing, 1) for score, weight in zip(scores, weights, strict=True)]
    best = max(scores, default=0.0)
    return [product for product, score in zip(catalogue, scores, strict=True) if best > 0 and score >= best * _CLOSE]


def named_in(texts: Sequence[str], catalogue: Sequence[Product]) -> list[Product]:
    """The products whose whole name stands in one of the texts."""
    folded = fold("\n".join(texts))
    return [product for product in catalogue if fold(product.name) in folded]


def in_focus(lines: Sequence[Line], catalogue: Sequence[Product]) -> list[Product]:
    """The one product the customer last named or, if they named none, that we last named; empty if there is none."""
    theirs = (products_in(line.text, catalogue, by_name=True) for line in reversed(lines) if not line.ours)
    none: list[Product] = []
    ours = (named_in([line.text], catalogue) for line in reversed(lines) if line.ours)
    return next((found for source in (theirs, ours) for found in source if len(found) == 1), none)


def fact_about(text: str, concept: Concept | None, facts: Sequence[str], *, shared: int = 1) -> str | None:
    """The fact that tells most of the concept or, without one, shares most words (at least `shared`) with the text."""
    best, best_score = None, 0
    for fact in facts:
        told = sum(_tells(concept, stem) for stem in set(key_stems(fact))) if concept else 0
        common = sum(_has(stem, fact) for stem in set(key_stems(text)))
        score = 2 * told + common if told or (not concept and common >= shared) else 0
        if score > best_score:
            best, best_score = fact, score
    return best


def _tells(concept: Concept, stem: str) -> bool:
    return any(stem == word or (len(word) >= _ROOT and stem.startswith(word)) for word in concept.told)
