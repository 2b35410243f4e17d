"""What is measured under load: latency, throughput, memory, overload. Each part is one function over the scene."""

import asyncio

from bench.figures import Distribution, Figure, Target
from bench.load import Load, closed_loop, each_once, open_loop
from bench.product import API, WORKER, floor_worker
from bench.scene import Scene
from local.errors import StackError

FAST = (Target("p50", "<", 80), Target("p95", "<", 200))
_FLOOR_LATENCY, _FLOOR_RATE = "floor: latency at 10/s", "floor: turns/s, closed loop"
_SETTLES = 2.0
_FALLS_DORMANT = 8.0
_MEMORY, _SMALL = "worker memory per 1,000 cached agents", (Target("value", "<", 60),)


async def warm_up(scene: Scene) -> None:
    """Every customer writes once, many at a time: caches, pools and thread stacks are as large as they will be."""
    await each_once(scene.crowd, scene.crowd.idle(), max(scene.effort.widths))
    await closed_loop(scene.crowd, max(scene.effort.widths), 2)
    if scene.crowd.faults:
        raise StackError(
            f"the product does not even warm up: {scene.crowd.faults[0]}; its logs are in bench-results/logs"
        )


async def floor(scene: Scene) -> None:
    """The same loads on the empty workflow: what this Temporal server and this machine take for themselves."""
    async with floor_worker(scene.product, scene.folder, scene.ear.port):
        await each_once(scene.floor, scene.floor.idle(), 25)
        brisk = await open_loop(scene.floor, 10, scene.effort.floor_seconds)
        before = scene.product.meter.read()
        closed = await closed_loop(scene.floor, 25, scene.effort.floor_seconds)
        scene.costs("floor", len(closed.messages), scene.product.meter.read(), before)
    scene.add(Figure(_FLOOR_LATENCY, "ms", Distribution.of(brisk.latencies), note="signal to empty activity, no API"))
    scene.add(Figure(_FLOOR_RATE, "turns/s", closed.rate, note="25 at a time"))


async def latency(scene: Scene) -> None:
    """Open loop at one and at ten turns a second: what a customer waits for us, on top of thinking and typing."""
    floored = scene.report.find(_FLOOR_LATENCY)
    base = floored.number("p50") if floored else None
    await open_loop(scene.crowd, 5, 2)
    for rate, seconds in ((1, scene.effort.slow_seconds), (10, scene.effort.brisk_seconds)):
        before = scene.product.meter.read()
        load = await open_loop(scene.crowd, rate, seconds)
        after = scene.product.meter.read()
        note = f"{load.skipped} found no idle customer" if load.skipped else ""
        scene.add(Figure(f"latency at {rate}/s", "ms", Distribution.of(load.latencies), FAST, floor=base, note=note))
        scene.add(_webhooks(f"webhook at {rate}/s", load))
        if rate > 1:
            scene.costs(f"at {rate}/s", len(load.messages), after, before)


async def throughput(scene: Scene) -> None:
    """Closed loop: the most turns a second that are sustained, with ever more customers at a time."""
    floored = scene.report.find(_FLOOR_RATE)
    for width in scene.effort.widths:
        before = scene.product.meter.read()
        load = await closed_loop(scene.crowd, width, scene.effort.closed_seconds)
        after = scene.product.meter.read()
        name = f"closed loop, {width} at a time"
        scene.add(Figure(f"{name}: turns/s", "turns/s", load.rate))
        scene.add(Figure(f"{name}: latency", "ms", Distribution.of(load.latencies)))
        scene.add(_webhooks(f"{name}: webhook", load, bound=None))
        if load.rate > scene.capacity:
            scene.capacity = load.rate
        scene.costs(name, len(load.messages), after, before)
    note = f"{scene.capacity / float(floored.number('value')):.2f} of the floor's" if floored else ""
    scene.add(Figure("sustained turns/s", "turns/s", scene.capacity, (Target("value", ">=", 30),), note=note))


async def memory(scene: Scene) -> None:
    """How the worker grows when newcomers get their agents, all of which it keeps in its cache."""
    meter = scene.product.meter
    await asyncio.sleep(_SETTLES)
    before, api = meter.resident(WORKER), meter.resident(API)
    load = await each_once(scene.crowd, scene.newcomers, 20)
    await asyncio.sleep(_SETTLES)
    awake = meter.resident(WORKER)
    await each_once(scene.sleepy, scene.sleepy.idle(), 20)
    await asyncio.sleep(_FALLS_DORMANT)
    asleep = meter.resident(WORKER)
    note = f"{before:.0f} MB before, {scene.effort.newcomers} agents; api {api:.0f} MB"
    scene.add(Figure(f"{_MEMORY}, awake", "MB", _each_thousand(scene, awake - before), _SMALL, note=note))
    scene.add(Figure(f"{_MEMORY}, dormant", "MB", _each_thousand(scene, asleep - awake), _SMALL))
    scene.add(Figure("newcomers: turns/s", "turns/s", load.rate, note="first message of a new agent, 20 at a time"))
    scene.add(Figure("newcomers: latency", "ms", Distribution.of(load.latencies)))


def _each_thousand(scene: Scene, grown: float) -> float:
    return grown * 1000 / scene.effort.newcomers


async def overload(scene: Scene) -> None:
    """Open loop at once and at twice what the closed loop carried: the work done must not collapse."""
    if not scene.capacity:
        scene.capacity = (await closed_loop(scene.crowd, max(scene.effort.widths), scene.effort.closed_seconds)).rate
    done: list[float] = []
    for factor in (1, 2):
        load = await open_loop(scene.crowd, factor * scene.capacity, scene.effort.overload_seconds)
        done.append(len(load.latencies) / (load.seconds + load.drained))
        note = f"{load.offered} written, {load.refusals} refused, {load.skipped} found no idle customer"
        name = f"overload x{factor}"
        scene.add(Figure(f"{name}: turns/s until all is answered", "turns/s", done[-1], note=note))
        scene.add(Figure(f"{name}: answered after the last was written", "s", load.drained))
        scene.add(Figure(f"{name}: latency", "ms", Distribution.of(load.latencies)))
        scene.add(_webhooks(f"{name}: webhook", load, bound=None))
    scene.add(Figure("overload x2: work done, share of x1", "", done[1] / done[0], (Target("value", ">=", 0.8),)))


def _webhooks(name: str, load: Load, bound: float | None = 25) -> Figure:
    targets = (Target("p50", "<", bound),) if bound else ()
    return Figure(name, "ms", Distribution.of(load.webhooks), targets)
