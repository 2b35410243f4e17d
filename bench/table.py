"""The report as a person reads it, and as a file keeps it."""

import json
import math
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from bench.figures import Distribution, Figure, Report

QUIET = 0.2
"""Cores that somebody else may use before the figures are called doubtful."""

_PERCENTILES = ("mean", "p50", "p90", "p95", "p99")


def show(report: Report, console: Console) -> None:
    """One table, then what was wrong."""
    machine = report.machine
    about = (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB; {machine['at']}, {machine['commit']}"
    )
    console.print(f"Perennial on {about}", markup=False)
    table = Table(header_style="bold", pad_edge=False, box=SIMPLE)
    table.add_column("figure", no_wrap=True)
    for name in ("n", "mean", *_PERCENTILES[1:]):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("unit", "x floor", "target", "note"):
        table.add_column(name, no_wrap=name != "note")
    for figure in report.figures:
        table.add_row(*_row(figure))
    console.print(table)
    for fault in report.faults[:20]:
        console.print(f"FAULT {fault}", style="red", markup=False)
    missed = [figure.name for figure in report.figures if not all(met for _, met in figure.verdicts())]
    held = sum(bool(figure.targets) for figure in report.figures) - len(missed)
    console.print(f"{held} figures meet their targets; missed: {', '.join(missed) or 'none'}", markup=False)
    console.print("every message got its one answer" if not report.faults else f"{len(report.faults)} FAULTS")
    if report.noise > QUIET:
        console.print(f"DOUBTFUL: somebody else used up to {report.noise:.1f} cores meanwhile", style="yellow")


def write(report: Report, path: Path) -> None:
    """The report as JSON, its folder made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report.document(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _row(figure: Figure) -> list[str]:
    value = figure.value
    if isinstance(value, Distribution):
        numbers = [str(value.n), *(_short(float(getattr(value, name))) for name in _PERCENTILES)]
    else:
        numbers = ["", _short(value), *[""] * (len(_PERCENTILES) - 1)]
    ratio = f"{figure.ratio:.1f}" if figure.ratio else ""
    return [figure.name, *numbers, figure.unit, ratio, _verdict(figure), figure.note]


def _verdict(figure: Figure) -> str:
    verdicts = [
        f"[{'green' if met else 'red'}]{target.name if target.name != 'value' else ''}{target.sense}{target.bound:g}"
        f"{' ok' if met else ' MISSED'}[/]"
        for target, met in figure.verdicts()
    ]
    return " ".join(verdicts)


def _short(number: float) -> str:
    if math.isnan(number):
        return "-"
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"
