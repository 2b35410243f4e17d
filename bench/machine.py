"""What the figures were measured on, who else used it meanwhile, and what each of our processes cost."""

import os
import platform
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

_CPU_INFO = Path("/proc/cpuinfo")


def describe(root: Path) -> dict[str, Any]:
    """The machine, the moment, and the code."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load_before": os.getloadavg(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "temporalio": version("temporalio"),
        "commit": _git(root, "rev-parse", "--short", "HEAD"),
        "changed_files": len(_git(root, "status", "--porcelain").splitlines()),
    }


def _cpu() -> str:
    lines = _CPU_INFO.read_text().splitlines() if _CPU_INFO.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()


@dataclass(frozen=True)
class Reading:
    """CPU seconds used so far: by each of our programs, and by everything on the machine."""

    at: float
    programs: Mapping[str, float]
    machine: float

    def since(self, before: "Reading") -> dict[str, float]:
        """CPU seconds of each program between two readings."""
        return {name: used - before.programs.get(name, 0.0) for name, used in self.programs.items()}

    def strangers(self, before: "Reading") -> float:
        """Cores that were busy on average with something that is not ours: what makes a run doubtful."""
        others = self.machine - before.machine - sum(self.since(before).values())
        return max(0.0, others / (self.at - before.at))


class Meter:
    """Reads the CPU time and the memory of our child processes, by name. Children of a child count as the child."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        """Names of the processes that we started; the embedded servers are known by their programs."""

    def read(self) -> Reading:
        """The CPU seconds until now."""
        programs: dict[str, float] = {"bench (driver)": _cpu_of(psutil.Process())}
        for child in psutil.Process().children():
            name = self._name(child)
            programs[name] = programs.get(name, 0.0) + _tree_cpu(child)
        times = psutil.cpu_times()
        return Reading(time.monotonic(), programs, sum(times) - times.idle - getattr(times, "iowait", 0.0))

    def resident(self, name: str) -> float:
        """MB of memory that the processes of this name hold."""
        ours = [child for child in psutil.Process().children() if self._name(child) == name]
        return sum(child.memory_info().rss for child in ours) / 2**20

    def _name(self, child: psutil.Process) -> str:
        return self._names.get(child.pid) or child.name()


def _tree_cpu(process: psutil.Process) -> float:
    try:
        return sum(_cpu_of(each) for each in [process, *process.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0.0


def _cpu_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system
