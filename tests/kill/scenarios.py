"""Every place where the worker is killed, and what it may cost."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.kill import talks
from tests.kill.trial import Trial


@dataclass(frozen=True)
class Scenario:
    """`kills` as `crashing_worker` reads them; `calls` and `billed` beyond the two thoughts of the talk."""

    name: str
    kills: str = ""
    talk: Callable[[Trial], Awaitable[None]] = talks.plain
    calls: int = 0
    billed: int = 0
    resent: int = 0
    events: tuple[str, ...] = ()
    """What the agent noted for the operators."""
    untroubled: bool = False
    """No activity had to be tried twice."""
    pacing: dict[str, Any] = field(default_factory=dict[str, Any])


SLOW_TYPING = {"typing_ms_per_character": 50, "typing_max_seconds": 15}

# The state of the world between two effects has one scenario: `after` one call is `before` the next.
INTAKE = [
    Scenario("open-before", "Directory.open_agent:before:1"),
    Scenario("open-after", "Directory.open_agent:after:1"),
    Scenario("remember-before", "Memory.remember:before:1"),
    Scenario("remember-between", "Memory._insert:after:1"),
    Scenario("remember-after", "Memory.remember:after:1"),
    Scenario("remember-after-and-another", "Memory.remember:after:1", talks.growing),
    Scenario("note-active-between", "Memory.mirror:before:1"),
    Scenario("note-active-after", "Directory.note_customer:after:1"),
    Scenario("stop-noted", "Directory.note_customer:after:1", talks.stop, calls=-1, billed=-1, events=("opted_out",)),
]
THINKING = [
    Scenario("decide-before", "Brain.decide:before:1"),
    Scenario("decide-answered", "Ledger.record_call:before:1", calls=1),
    Scenario("decide-billed", "Ledger.record_call:after:1", calls=1, billed=1),
    Scenario("decide-kept", "Memory.keep_thought:after:1"),
]
TYPING = [
    Scenario("seen-before", "Messenger.show_seen:before:1"),
    Scenario("seen-after", "Messenger.show_seen:after:1"),
    Scenario("typing", talk=talks.typing, pacing=SLOW_TYPING),
    Scenario("typing-and-another", talk=talks.overtaken, calls=1, billed=1, pacing=SLOW_TYPING),
]
SENDING = [
    scenario
    for bubble in (1, 2)
    for scenario in (
        Scenario(f"reserve-{bubble}-before", f"Ledger.reserve:before:{bubble}"),
        Scenario(f"reserve-{bubble}-after", f"Ledger.reserve:after:{bubble}", resent=1),
        Scenario(f"post-{bubble}-after", f"CloudApi.send:after:{bubble}"),
        Scenario(f"settle-{bubble}-after", f"Ledger.settle:after:{bubble}"),
    )
] + [
    Scenario("post-after-status-late", "CloudApi.send:after:1", talks.late_status),
    Scenario("reserve-after-then-post-after", "Ledger.reserve:after:1,CloudApi.send:after:1", resent=1),
    Scenario("stopped-in-mid-send", talk=talks.graceful, untroubled=True),
]
REMEMBERING = [
    Scenario("record-before", "Memory.record:before:1"),
    Scenario("record-between", "Memory._write:after:1"),
    Scenario("record-after", "Memory.record:after:1"),
    Scenario("record-after-and-another", "Memory.record:after:1", talks.meanwhile),
    Scenario("note-waiting-after", "Directory.note_customer:after:2"),
]
RESTING = [
    Scenario("idle", talk=talks.idle),
    Scenario("five-while-down", talk=talks.five),
]

ALL = [*SENDING, *INTAKE, *THINKING, *TYPING, *REMEMBERING, *RESTING]
"""The longest first: they run side by side, a few at a time."""
