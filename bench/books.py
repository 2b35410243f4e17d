"""What is counted in Temporal's history: events and actions of a turn, and where an unhurried turn spends its time."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.crowd import Crowd, Message
from bench.door import agent_of
from bench.figures import Distribution, Figure, Target
from bench.history import Turn, turns_of
from bench.scene import Scene

MESSAGES = 4
_CONCLUDES = 1.5
"""Seconds after its answer in which a turn surely is at its end."""


async def history(scene: Scene) -> None:
    """New customers, one message at a time, on an idle machine: at no pacing at all, and at the default one."""
    customers = [f"+52552{number:07d}" for number in range(scene.effort.paced_customers)]
    plain = [await _converse(scene, scene.crowd, customer, paced=False) for customer in customers]
    paced = await asyncio.gather(*(_converse(scene, scene.paced, each, paced=True) for each in scene.paced.idle()))
    bounds = (Target("p50", "<=", 30),), (Target("p50", "<=", 8),)
    _count(scene, "plain turn", [turn for talk in plain for _, turn in talk[1:]], *bounds)
    _count(scene, "first turn", [talk[0][1] for talk in plain])
    _count(scene, "turn at the default pace", [turn for talk in paced for _, turn in talk[1:]])
    _explain(scene, [pair for talk in plain for pair in talk[1:]])


async def _converse(scene: Scene, crowd: Crowd, customer: str, *, paced: bool) -> list[tuple[Message, Turn]]:
    """One customer's messages, each with its part of the history."""
    crowd.attend()
    messages: list[Message] = []
    for _ in range(2 if paced else MESSAGES):
        messages.append(await crowd.say(customer))
        await asyncio.sleep(_CONCLUDES if paced else _CONCLUDES / 10)
    await asyncio.sleep(_CONCLUDES)
    turns = await turns_of(scene.product.temporal, agent_of(customer, paced=paced))
    return list(zip(messages, turns, strict=True))


def _count(
    scene: Scene, name: str, turns: Sequence[Turn], events: Sequence[Target] = (), actions: Sequence[Target] = ()
) -> None:
    kinds: Counter[str] = Counter()
    for turn in turns:
        kinds += turn.actions()
    shown = ", ".join(f"{kind} {count / len(turns):.2g}" for kind, count in kinds.most_common())
    scene.add(Figure(f"{name}: events", "", Distribution.of([len(turn.events) for turn in turns]), events))
    billed = Distribution.of([turn.actions().total() for turn in turns])
    scene.add(Figure(f"{name}: actions", "", billed, actions, note=shown))


def _explain(scene: Scene, pairs: Sequence[tuple[Message, Turn]]) -> None:
    """The steps of the way, added up within each turn."""
    steps: defaultdict[str, list[float]] = defaultdict(list)
    for message, turn in pairs:
        within: Counter[str] = Counter()
        for label, milliseconds in turn.steps(_wall(message.began), _wall(message.answered)):
            within[label] += milliseconds  # type: ignore[assignment]
        for label, milliseconds in within.items():
            steps[label].append(milliseconds)
    scene.add(Figure("an unhurried turn: latency", "ms", Distribution.of([message.latency for message, _ in pairs])))
    for label, sample in steps.items():
        scene.add(Figure(f"  of it: {label}", "ms", Distribution.of(sample)))
    taken: defaultdict[str, list[float]] = defaultdict(list)
    for _, turn in pairs:
        for name, milliseconds in turn.activities():
            taken[name].append(milliseconds)
    for name, sample in taken.items():
        scene.add(
            Figure(f"activity {name}", "ms", Distribution.of(sample), note=f"{len(sample) / len(pairs):.2g} a turn")
        )


def _wall(monotonic: float) -> datetime:
    return datetime.fromtimestamp(time.time() - time.monotonic() + monotonic, UTC)
