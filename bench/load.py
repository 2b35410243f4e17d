"""Two ways to put a load on a crowd: as customers come (open loop), and as fast as answers come (closed loop)."""

import asyncio
import random
import time
from dataclasses import dataclass, field

from bench.crowd import Crowd, Message

PATIENCE = 180.0
"""Seconds to wait for the last answers: on a machine that others use they come late, and late is not lost."""


@dataclass
class Load:
    """What one load came to. `seconds` is how long messages were written, `drained` how much longer answers came."""

    seconds: float
    drained: float = 0.0
    offered: int = 0
    skipped: int = 0
    """Arrivals that found every customer waiting: more customers are needed."""
    messages: list[Message] = field(default_factory=list[Message])
    finished_in_time: int = 0

    @property
    def latencies(self) -> list[float]:
        """Milliseconds from webhook to send, of every message that was answered."""
        return [message.latency for message in self.messages if message.answered]

    @property
    def webhooks(self) -> list[float]:
        """Milliseconds of the webhook, of every message that was taken at the first try."""
        return [message.webhook for message in self.messages if message.accepted and not message.refusals]

    @property
    def refusals(self) -> int:
        """How many POSTs were answered otherwise than 200."""
        return sum(message.refusals for message in self.messages)

    @property
    def rate(self) -> float:
        """Answers per second while messages were written."""
        return self.finished_in_time / self.seconds


async def open_loop(
    crowd: Crowd, per_second: float, seconds: float, *, patience: float = PATIENCE, seed: int = 7
) -> Load:
    """Poisson arrivals: when the next customer writes does not depend on how the last ones fare.

    Afterwards waits up to `patience` seconds for the answers still due; what then is unanswered is a fault.
    """
    crowd.attend()
    load, arrivals = Load(seconds), random.Random(seed)
    running: list[asyncio.Task[Message | None]] = []
    began = time.monotonic()
    due = began + arrivals.expovariate(per_second)
    while due < began + seconds:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        running.append(asyncio.create_task(crowd.write()))
        due += arrivals.expovariate(per_second)
    await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
    return await _settle(crowd, load, running, began, patience)


async def closed_loop(crowd: Crowd, width: int, seconds: float, *, patience: float = PATIENCE) -> Load:
    """`width` customers at a time, each followed by another one as soon as it is answered."""
    crowd.attend()
    load, written = Load(seconds), list[asyncio.Task[Message | None]]()
    began = time.monotonic()

    async def follow() -> None:
        while time.monotonic() < began + seconds:
            written.append(asyncio.create_task(crowd.write()))
            await asyncio.wait(written[-1:], timeout=patience)

    followers = [asyncio.create_task(follow()) for _ in range(width)]
    await asyncio.sleep(seconds)
    load = await _settle(crowd, load, written, began, patience)
    await asyncio.gather(*followers)
    return load


async def each_once(crowd: Crowd, customers: list[str], width: int, *, patience: float = PATIENCE) -> Load:
    """Every customer writes once, `width` at a time."""
    crowd.attend()
    began, messages = time.monotonic(), list[Message]()
    queue = list(reversed(customers))

    async def follow() -> None:
        while queue:
            messages.append(await crowd.say(queue.pop()))

    followers = [asyncio.create_task(follow()) for _ in range(width)]
    finished, late = await asyncio.wait(followers, timeout=patience)
    if late:
        crowd.abandon()
        await asyncio.wait(late, timeout=5)
    for follower in finished:
        follower.result()
    seconds = time.monotonic() - began
    return Load(seconds, offered=len(customers), messages=messages, finished_in_time=len(messages))


async def _settle(
    crowd: Crowd, load: Load, running: list[asyncio.Task[Message | None]], began: float, patience: float
) -> Load:
    """Waits for the answers still due, then counts."""
    ended = began + load.seconds
    load.offered = len(running)
    if running:
        await asyncio.wait(running, timeout=patience)
    if crowd.waiting:
        crowd.abandon()
        await asyncio.wait(running, timeout=5)
    outcomes = [task.result() for task in running if task.done()]
    load.messages = [message for message in outcomes if message]
    load.skipped = outcomes.count(None)
    load.drained = max([0.0, *(message.answered - ended for message in load.messages if message.answered)])
    load.finished_in_time = sum(1 for message in load.messages if 0 < message.answered <= ended)
    return load
