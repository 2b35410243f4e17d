"""`python -m bench`: what an answer costs, in time, memory and money, on this machine.

The way that is measured is the product's own: a signed webhook to the API process, signal-with-start, the agent's
workflow on the embedded Temporal server, PostgreSQL, MongoDB, the model, and the POST to WhatsApp. Latency is counted
from just before the webhook is written until WhatsApp has read the whole POST of the answer. The model is the simulated
server without any thinking time, WhatsApp is `bench/whatsapp.py` (it accepts everything; no status webhooks unless
`--statuses` asks for them), and the companies' pacing is zero: what remains is what Perennial itself adds.

The *floor* is an empty workflow with one empty activity per message on the same server, without an API and databases:
`x floor` says how many times that a figure is, and is comparable between machines and noisy days. Everything, driver
included, shares the machine's cores; "cores taken by strangers" says how much somebody else used meanwhile.

Not measured: real networks and a real model, several machines, a Temporal cluster.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import get_args

from rich.console import Console

from bench import books, parts, table
from bench.door import companies
from bench.ear import listening
from bench.figures import Report
from bench.machine import describe
from bench.poster import Poster
from bench.product import ROOT, product
from bench.scene import FULL, QUICK, Scene
from local.errors import StackError
from local.fake_graph.settings import StatusName

LATE = 2.0
"""Seconds to listen on for an answer that should not come."""

WIDTH = 170
"""Columns where the output is no terminal: the table is kept whole."""

RESULTS = ROOT / "bench-results"

PARTS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "floor": parts.floor,
    "memory": parts.memory,
    "latency": parts.latency,
    "throughput": parts.throughput,
    "overload": parts.overload,
    "history": books.history,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures Perennial on this machine.")
    parser.add_argument("--quick", action="store_true", help="about a minute instead of four")
    parser.add_argument("--only", metavar="PARTS", default=",".join(PARTS), help=f"of {','.join(PARTS)}")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures here (default: bench-results/)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="worker processes (default 1)")
    parser.add_argument("--statuses", default="", metavar="NAMES", help="status webhooks a bubble, e.g. sent,delivered")
    given = parser.parse_args()
    given.only = [name for name in given.only.split(",") if name]
    given.statuses = [name for name in given.statuses.split(",") if name]
    if unknown := set(given.only) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if unknown := set(given.statuses) - set(get_args(StatusName)):
        parser.error(f"no such status: {', '.join(sorted(unknown))}")
    return given


async def measure(given: argparse.Namespace, folder: Path, console: Console) -> Report:
    """Starts everything, runs the parts that were asked for, stops everything."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    effort = QUICK if given.quick else FULL
    options = {"effort": asdict(effort), "parts": given.only, "workers": given.workers, "statuses": given.statuses}
    report = Report(describe(ROOT), options)
    console.print("Starting the servers, the worker and the API …")
    async with (
        listening() as ear,
        product(folder, ear.port, companies(), workers=given.workers, statuses=given.statuses) as running,
    ):
        scene = Scene(running, effort, folder, ear, Poster(running.port), report)
        for name, part in {"warming up": parts.warm_up, **PARTS}.items():
            if name in given.only or part is parts.warm_up:
                console.print(f"{name} …")
                await part(scene)
        await asyncio.sleep(LATE)
        scene.poster.close()
        report.faults += (
            scene.crowd.faults + scene.paced.faults + scene.sleepy.faults + scene.floor.faults + running.restarts()
        )
    return report


def main() -> int:
    """Measures, shows and writes; 1 where a message did not get its one answer, 0 however slow it was."""
    given, console = _arguments(), Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    with tempfile.TemporaryDirectory(prefix="perennial-bench-") as folder:
        try:
            report = asyncio.run(measure(given, Path(folder), console))
        except StackError as failure:
            console.print(str(failure), style="red", markup=False)
            return 1
        except asyncio.CancelledError:
            return 130
        finally:
            if (logs := Path(folder) / "logs").exists():
                shutil.copytree(logs, RESULTS / "logs", dirs_exist_ok=True)
    table.show(report, console)
    path: Path = given.json or RESULTS / f"{datetime.now():%Y-%m-%d-%H%M%S}.json"  # noqa: DTZ005
    table.write(report, path)
    console.print(f"written to {path}")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
