"""The judge: what must be true of a conversation, whatever was killed in its midst; `evidence` has the facts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import EventType

from tests.kill.evidence import Evidence


@dataclass
class Expected:
    """What was said, and what it may have cost."""

    inbound: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Id and text of every message of the customer, in the order in which they were sent."""
    bubbles: list[str] = field(default_factory=list[str])
    """Every bubble the customer must see, once, in order."""
    calls: int = 0
    """Calls of the model that there had to be."""
    billed: int = 0
    """Those that had to be in the ledger."""
    resent: int = 0
    """Bubbles whose outcome nobody could know, so that they were sent again and the operator was told."""
    events: Sequence[str] = ()
    """What the agent noted for the operators: nothing but what the talk makes it note."""
    untroubled: bool = False
    """Whether no activity may have been tried twice."""


def faults(expected: Expected, seen: Evidence, calls: int) -> list[str]:
    """Everything that is wrong; `calls` is how often the model was asked."""
    return [
        *_customer_saw(expected, seen),
        *_memory_holds(expected, seen),
        *_ledger_agrees(expected, seen),
        *_cost(expected, seen, calls),
        *_agent_lives(expected, seen),
        *(_untroubled(seen) if expected.untroubled else []),
    ]


def _customer_saw(expected: Expected, seen: Evidence) -> list[str]:
    found = _differ("bubbles on the customer's phone", expected.bubbles, [entry["text"] for entry in seen.accepted])
    ids = [entry["callback_data"] for entry in seen.accepted]
    if len(set(ids)) < len(ids):
        found.append(f"a bubble went out twice under the same id: {ids}")
    return found + [f"the fake Graph refused: {entry}" for entry in seen.refused]


def _memory_holds(expected: Expected, seen: Evidence) -> list[str]:
    inbound = [(each["id"], each["content"]) for each in seen.messages if each["role"] == "customer"]
    said = [each["content"] for each in seen.messages if each["role"] == "agent"]
    sequences = [each["sequence"] for each in seen.messages]
    recent = [(each["id"], each["sequence"]) for each in seen.memory.get("messages", [])]
    found = _differ("the customer's messages in MongoDB", expected.inbound, inbound)
    found += _differ("the agent's messages in MongoDB", expected.bubbles, said)
    found += _differ("places in the conversation", sorted(set(sequences)), sequences)
    found += _differ("the recent messages", [(each["id"], each["sequence"]) for each in seen.messages], recent)
    counted = seen.memory.get("metadata", {}).get("messageCount")
    return found + _differ("metadata.messageCount", [max(sequences, default=0)], [counted])


def _ledger_agrees(expected: Expected, seen: Evidence) -> list[str]:
    rows = sorted(seen.sends, key=lambda row: (row["turn"], row["bubble"]))
    accepted = [(entry["callback_data"], entry["wamid"], "delivered") for entry in seen.accepted]
    found = _differ("the ledger", accepted, [(row["send_id"], row["provider_id"], row["state"]) for row in rows])
    attempts = len(expected.bubbles) + expected.resent
    found += _differ("attempts in the ledger", [attempts], [sum(row["attempts"] for row in rows)])
    return found + _differ("alerts", ["send_unknown"] * expected.resent, seen.alerts)


def _cost(expected: Expected, seen: Evidence, calls: int) -> list[str]:
    found = _differ("calls of the model", [expected.calls], [calls])
    return found + _differ("calls in the ledger", [expected.billed], [seen.usage])


def _agent_lives(expected: Expected, seen: Evidence) -> list[str]:
    found = _differ("the agent's events", expected.events, [event["kind"] for event in seen.agent_events])
    if seen.customer.get("status") != "waiting" or seen.customer.get("mode") != "agent":
        found.append(f"the agent does not wait for its customer: {seen.customer}")
    failed = seen.count(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
    if failed:
        found.append(f"{failed} workflow task(s) failed")
    ended = (EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
    return found + [f"the agent ended: {EventType.Name(kind)}" for kind in ended if seen.count(kind)]


def _untroubled(seen: Evidence) -> list[str]:
    attempts = [event.activity_task_started_event_attributes.attempt for event in seen.history]
    return [f"an activity was tried {most} times"] if (most := max(attempts)) > 1 else []


def _differ(what: str, wanted: Sequence[object], got: Sequence[object]) -> list[str]:
    return [] if list(wanted) == list(got) else [f"{what}: wanted {list(wanted)}, got {list(got)}"]
