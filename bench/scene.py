"""What every part of the benchmark is given, and what it leaves behind."""

from dataclasses import dataclass, field
from pathlib import Path

from bench.crowd import Crowd
from bench.door import PACED, SLEEPY, phones, straight, webhook
from bench.ear import Ear
from bench.figures import STRANGERS, Figure, Report
from bench.machine import Reading
from bench.poster import Poster
from bench.product import Product

_WORTH_A_LINE = 0.1
"""Milliseconds a turn below which a process is not shown."""


@dataclass(frozen=True)
class Effort:
    """How long each part takes, in seconds, and with how many customers."""

    customers: int
    newcomers: int
    slow_seconds: float
    brisk_seconds: float
    closed_seconds: float
    overload_seconds: float
    floor_seconds: float
    widths: tuple[int, ...]
    paced_customers: int


FULL = Effort(
    customers=200,
    newcomers=1000,
    slow_seconds=45,
    brisk_seconds=30,
    closed_seconds=15,
    overload_seconds=12,
    floor_seconds=12,
    widths=(10, 25, 50),
    paced_customers=10,
)
QUICK = Effort(
    customers=100,
    newcomers=200,
    slow_seconds=12,
    brisk_seconds=12,
    closed_seconds=8,
    overload_seconds=6,
    floor_seconds=5,
    widths=(25,),
    paced_customers=4,
)


@dataclass
class Scene:
    """The running product, its customers, and the report that is being written."""

    product: Product
    effort: Effort
    folder: Path
    ear: Ear
    poster: Poster
    report: Report
    crowd: Crowd = field(init=False)
    paced: Crowd = field(init=False)
    sleepy: Crowd = field(init=False)
    floor: Crowd = field(init=False)
    newcomers: list[str] = field(default_factory=list[str])
    capacity: float = 0.0
    """Turns a second that the closed loop reached; what overload is measured in."""

    def __post_init__(self) -> None:
        post = webhook(self.poster, self.product.secret)
        paced, sleepy = (webhook(self.poster, self.product.secret, company) for company in (PACED, SLEEPY))
        most = self.effort.customers
        self.crowd = Crowd(phones(most), post, self.ear)
        self.paced = Crowd(phones(self.effort.paced_customers, 9_000_000), paced, self.ear)
        self.sleepy = Crowd(phones(self.effort.newcomers, 3_000_000), sleepy, self.ear)
        self.floor = Crowd(phones(most, 8_000_000), straight(self.product.temporal), self.ear)
        self.newcomers = phones(self.effort.newcomers, 1_000_000)

    def add(self, figure: Figure) -> None:
        """Puts a figure into the report."""
        self.report.figures.append(figure)

    def costs(self, name: str, turns: int, after: Reading, before: Reading) -> None:
        """Puts the CPU time that each process spent on a turn into the report."""
        spent = {program: used * 1000 / turns for program, used in after.since(before).items() if turns}
        for program, used in sorted(spent.items(), key=lambda pair: -pair[1]):
            if used >= _WORTH_A_LINE:
                self.add(Figure(f"CPU {name}: {program}", "ms/turn", used))
        self.add(Figure(f"CPU {name}: all together", "ms/turn", sum(spent.values())))
        self.add(Figure(f"{STRANGERS}, {name}", "cores", after.strangers(before), note="0 is a quiet run"))
