"""The real worker, which kills itself once at each chosen place: `python -m tests.kill.crashing_worker`.

`KILLS` lists the places in their order, each `Class.method:before|after:nth`: the nth call of that method in one
process. `KILL_MARKS` is the folder in which a file tells the processes that come after that a kill has happened: only
the first one that has not is armed.
"""

import functools
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import worker
from activities.brain import Brain
from activities.directory import Directory
from activities.ledger import Ledger
from activities.memory import Memory
from activities.messenger import Messenger
from channels.cloud_api import CloudApi

P = ParamSpec("P")
R = TypeVar("R")

TARGETS: dict[str, type] = {each.__name__: each for each in (Brain, CloudApi, Directory, Ledger, Memory, Messenger)}


def crashing(method: Callable[P, Awaitable[R]], when: str, nth: int, mark: Path) -> Callable[P, Awaitable[R]]:
    """`method`, whose nth call kills this process before its effect or after it."""
    calls = 0

    @functools.wraps(method)  # takes over what `activity.defn` wrote on it
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal calls
        calls += 1
        doomed = calls == nth
        if doomed and when == "before":
            die(mark)
        result = await method(*args, **kwargs)
        if doomed and when == "after":
            die(mark)
        return result

    return call


def die(mark: Path) -> None:
    """SIGKILL: no handler, no `finally`, no goodbye to any server."""
    mark.touch(exist_ok=False)
    os.kill(os.getpid(), signal.SIGKILL)


def arm(kills: str, marks: Path) -> None:
    """Puts the first kill that has not happened yet in its place."""
    for index, kill in enumerate(filter(None, kills.split(","))):
        mark = marks / str(index)
        if not mark.exists():
            place, when, nth = kill.split(":")
            owner, name = place.split(".")
            target = TARGETS[owner]
            setattr(target, name, crashing(getattr(target, name), when, int(nth), mark))
            return


if __name__ == "__main__":
    arm(os.environ["KILLS"], Path(os.environ["KILL_MARKS"]))
    worker.main()
