"""What a turn is in Temporal's own book: events, billable actions, and where its time went."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

_ACTION_OF = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "start",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activity",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "upsert",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
}
"""Events that Temporal Cloud bills as one action each ("Temporal Cloud Actions"). All local activities of one workflow
task together are one more; so is each retry of an activity and each heartbeat that reaches the server."""

_LOCAL = "core_local_activity"


@dataclass
class Turn:
    """The events of one message, from its signal to before the next one's."""

    events: list[HistoryEvent] = field(default_factory=list[HistoryEvent])

    def actions(self) -> Counter[str]:
        """Billable actions by kind."""
        counted = Counter(_ACTION_OF[event.event_type] for event in self.events if event.event_type in _ACTION_OF)
        markers = {
            event.marker_recorded_event_attributes.workflow_task_completed_event_id
            for event in self.events
            if _is_local(event)
        }
        retries = sum(max(0, event.activity_task_started_event_attributes.attempt - 1) for event in self.events)
        # A message that came by signal-with-start of a new agent has both events and is billed for both.
        return counted + Counter({"local activities": len(markers), "retry": retries})

    def steps(self, began: datetime, sent: datetime) -> list[tuple[str, float]]:
        """Where the milliseconds between the webhook's first byte and WhatsApp holding the answer went, in order.

        Every step is the time since the one before; together they are the latency. Local activities are taken out of
        the workflow task that held them, by the times in their markers.
        """
        return list(_walk(self.events, began, sent))

    def activities(self) -> list[tuple[str, float]]:
        """Every activity with the milliseconds that it took, those after the answer included."""
        scheduled = _scheduled(self.events)
        started = {
            event.activity_task_started_event_attributes.scheduled_event_id: _at(event)
            for event in self.events
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
        }
        taken: list[tuple[str, float]] = []
        for event in self.events:
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                taken += _locals(self.events, event.event_id)
            elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                of = event.activity_task_completed_event_attributes.scheduled_event_id
                taken.append((scheduled.get(of, "?"), (_at(event) - started[of]).total_seconds() * 1000))
        return taken


async def turns_of(temporal: Client, workflow_id: str) -> list[Turn]:
    """The turns of an agent's present run, the first one with its start."""
    turns = [Turn()]
    async for event in temporal.get_workflow_handle(workflow_id).fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED and _spoken_to(turns[-1]):
            turns.append(Turn())
        turns[-1].events.append(event)
    return turns


def _spoken_to(turn: Turn) -> bool:
    return any(event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED for event in turn.events)


def _is_local(event: HistoryEvent) -> bool:
    return event.marker_recorded_event_attributes.marker_name == _LOCAL


def _at(event: HistoryEvent) -> datetime:
    return event.event_time.ToDatetime(tzinfo=UTC)


def _scheduled(events: Sequence[HistoryEvent]) -> dict[int, str]:
    """The names of the activities by the events that scheduled them."""
    return {
        event.event_id: event.activity_task_scheduled_event_attributes.activity_type.name
        for event in events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    }


def _walk(events: Sequence[HistoryEvent], began: datetime, sent: datetime) -> Iterator[tuple[str, float]]:
    names = _scheduled(events)
    before = began
    for event in sorted(events, key=lambda event: (_at(event), event.event_id)):
        label = _label(event, names)
        if label is None or _at(event) > sent:
            continue
        passed = (_at(event) - before).total_seconds() * 1000
        before = _at(event)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            inside = list(_locals(events, event.event_id))
            yield from inside
            passed -= sum(milliseconds for _, milliseconds in inside)
        yield label, passed
    yield "send: until the POST is there", (sent - before).total_seconds() * 1000


def _locals(events: Sequence[HistoryEvent], task: int) -> Iterator[tuple[str, float]]:
    """Name and milliseconds of each local activity that a workflow task recorded.

    A marker's `complete_time` is the workflow's time when the activity began plus how long it took, and that time only
    moves with such completions while a task lasts: so each one took the time since the one before.
    """
    began = next((_at(event).timestamp() for event in events if _starts(event, events, task)), None)
    for event in events:
        marker = event.marker_recorded_event_attributes
        if began is not None and _is_local(event) and marker.workflow_task_completed_event_id == task:
            data = json.loads(marker.details["data"].payloads[0].data)
            completed = data["complete_time"]["seconds"] + data["complete_time"]["nanos"] / 1e9
            yield f"{data['activity_type']} (local)", max(0.0, completed - began) * 1000
            began = completed


def _starts(event: HistoryEvent, events: Sequence[HistoryEvent], task: int) -> bool:
    completed = next(each for each in events if each.event_id == task).workflow_task_completed_event_attributes
    return event.event_id == completed.started_event_id


def _label(event: HistoryEvent, names: dict[int, str]) -> str | None:
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            return "webhook, until the signal is stored"
        case EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            return "workflow tasks: dispatch"
        case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return "workflow tasks: code and RPC"
        case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            return f"{names.get(event.activity_task_started_event_attributes.scheduled_event_id, '?')}: dispatch"
        case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return names.get(event.activity_task_completed_event_attributes.scheduled_event_id, "?")
        case _:
            return None
