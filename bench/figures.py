"""What is measured, as numbers: distributions, single values, and the targets that they are held against."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

STRANGERS = "cores taken by strangers"
"""What the figures are called that say how much of the machine was not ours."""


@dataclass(frozen=True)
class Distribution:
    """Percentiles of a sample, by the nearest-rank method: each one is a value that was measured."""

    n: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    worst: float

    @classmethod
    def of(cls, sample: Sequence[float]) -> "Distribution":
        """The distribution of a sample; of an empty one, not-a-number throughout."""
        if not sample:
            return cls(0, *[math.nan] * 6)
        ranked = sorted(sample)
        at = [ranked[max(0, math.ceil(share * len(ranked)) - 1)] for share in (0.5, 0.9, 0.95, 0.99, 1.0)]
        return cls(len(ranked), sum(ranked) / len(ranked), *at)


@dataclass(frozen=True)
class Target:
    """A bound on one number of a figure: `name` is a field of `Distribution`, or "value" for a single one."""

    name: str
    sense: Literal["<", "<=", ">="]
    bound: float

    def met(self, number: float) -> bool:
        """Whether the number is on the right side; not-a-number never is."""
        match self.sense:
            case "<":
                return number < self.bound
            case "<=":
                return number <= self.bound
            case ">=":
                return number >= self.bound


@dataclass(frozen=True)
class Figure:
    """One line of the report: a single value or a distribution, in `unit`, with the targets it is held against.

    `floor` is the same figure of the empty workflow in the same run, where there is one.
    """

    name: str
    unit: str
    value: float | Distribution
    targets: Sequence[Target] = ()
    floor: float | None = None
    note: str = ""

    def number(self, name: str) -> float:
        """The number that a target names."""
        return float(getattr(self.value, name)) if isinstance(self.value, Distribution) else self.value

    @property
    def ratio(self) -> float | None:
        """How many times the floor this is (median against median)."""
        return self.number("p50") / self.floor if self.floor else None

    def verdicts(self) -> list[tuple[Target, bool]]:
        """Each target, and whether it is met."""
        return [(target, target.met(self.number(target.name))) for target in self.targets]


@dataclass
class Report:
    """Everything one run found out."""

    machine: dict[str, Any]
    options: dict[str, Any]
    figures: list[Figure] = field(default_factory=list[Figure])
    faults: list[str] = field(default_factory=list[str])
    """What was wrong: a message without its one answer, a process that died. Empty after a good run."""

    def find(self, name: str) -> Figure | None:
        """The figure of that name, if it was measured."""
        return next((figure for figure in self.figures if figure.name == name), None)

    @property
    def noise(self) -> float:
        """The most cores that somebody else used in any part of the run."""
        shares = [figure.number("value") for figure in self.figures if figure.name.startswith(STRANGERS)]
        return max(shares, default=0.0)

    def document(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        return {
            "machine": self.machine,
            "options": self.options,
            "faults": self.faults,
            "figures": [
                asdict(figure) | {"ratio": figure.ratio, "met": all(met for _, met in figure.verdicts())}
                for figure in self.figures
            ],
        }
