"""Fixed scenarios whose histories are recorded, so that tomorrow's code must still replay today's agents."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from domain.company import Pacing
from domain.decision import HandOff, Reply, Urgency
from domain.delivery import Delivery, DeliveryState
from domain.messages import Echo, Preference
from domain.state import Mode
from domain.work import Release, Takeover, Thought
from domain.work import Reply as OperatorReply
from tests.workflows.conftest import Customer, CustomerMaker
from tests.workflows.test_failures import REJECTED
from tests.workflows.world import World
from workflows.customer_agent import CustomerAgent

Scenario = Callable[[CustomerMaker], Awaitable[Customer]]


async def plain_turns(live: CustomerMaker) -> Customer:
    """Two questions, two answers, a hint of patience in between."""
    customer = await live(World())
    for number in (1, 2):
        await customer.says("¿cuánto cuesta?", id=f"m{number}")
        await customer.rests()
    return customer


async def burst_and_typing(live: CustomerMaker) -> Customer:
    """A burst, a typed answer of two bubbles."""
    pacing = Pacing(burst_complete_seconds=1, burst_fragment_seconds=1, typing_ms_per_character=500)
    customer = await live(world := World(pacing))
    world.decisions.append(Reply(kind="reply", bubbles=["Hola, Ana", "¿Te ayudo?"]))
    await customer.says("hola", id="m1")
    await customer.rests()
    return customer


async def superseded(live: CustomerMaker) -> Customer:
    """A message lands in mid-think."""
    customer = await live(world := World())
    world.thinking.close()
    await customer.says("uno", id="m1")
    await world.thinking.reached()
    await customer.says("dos", id="m2")
    await customer.until(lambda: len(world.thoughts) == 2)
    world.thinking.open()
    await customer.rests()
    return customer


async def operators(live: CustomerMaker) -> Customer:
    """Hand-off, takeover, a human's reply, release, STOP."""
    customer = await live(world := World())
    world.decisions.append(
        HandOff(kind="hand_off", reason="asked", urgency=Urgency.NORMAL, summary="-", bubbles=["Te paso con Ana"])
    )
    await customer.says("una persona, por favor", id="m1")
    await customer.until(lambda: world.texts == ["Te paso con Ana"])
    await customer.rests()
    await customer.handle.execute_update(CustomerAgent.takeover, Takeover(by="ana"))
    await customer.rests()
    await customer.handle.execute_update(CustomerAgent.reply, OperatorReply(by="ana", text="Soy Ana"))
    await customer.rests()
    await customer.handle.execute_update(CustomerAgent.release, Release(by="ana", instruction="sé breve"))
    await customer.until(lambda: world.notes[-1].mode is Mode.AGENT)
    await customer.rests()
    await customer.says("BAJA", id="m2")
    await customer.rests()
    return customer


async def troubles(live: CustomerMaker) -> Customer:
    """A thought that fails, an invented price, a bubble of unknown fate, an unreadable signal."""
    customer = await live(world := World())
    world.decisions.append(REJECTED)
    await customer.says("hola", id="m1")
    await customer.until(lambda: len(world.texts) == 1)
    await customer.skip(seconds=20)
    await customer.rests()
    invented = Thought(decision=Reply(kind="reply", bubbles=["$1"]), violations=["$1"], brief=world.brief)
    world.decisions.extend([invented, invented])
    await customer.says("¿descuento?", id="m2")
    await customer.rests()
    world.deliveries.append(lambda bubble: Delivery(bubble=bubble.id, state=DeliveryState.RESERVED))
    await customer.says("¿sigues?", id="m3")
    await customer.until(lambda: not world.deliveries)
    await customer.skip(seconds=20)
    await customer.rests()
    await customer.signals("rubbish")
    await customer.until(lambda: any(event.kind == "unreadable_signal" for n in world.notes for event in n.events))
    await customer.rests()
    return customer


async def dormancy(live: CustomerMaker) -> Customer:
    """Silence for long, then life."""
    customer = await live(World())
    await customer.says("hola", id="m1")
    await customer.rests()
    await customer.skip(minutes=45)
    await customer.says("volví", id="m2")
    await customer.rests()
    return customer


async def outside(live: CustomerMaker) -> Customer:
    """A message that is a day late, a human on the phone, a preference set in WhatsApp."""
    customer = await live(world := World())
    await customer.says("¿hoy hay clase?", id="m1", sent_at=datetime(2026, 1, 1, tzinfo=UTC))
    await customer.until(lambda: bool(world.inbound))
    await customer.rests()
    await customer.signals(Echo(id="e1", text="Sí, a las nueve"), signal="echo")
    await customer.until(lambda: bool(world.recorded))
    await customer.rests()
    await customer.signals(Preference(id="p1", wanted=False), signal="preference")
    await customer.until(lambda: world.notes[-1].opted_out)
    await customer.rests()
    return customer


SCENARIOS: dict[str, Scenario] = {
    scenario.__name__: scenario
    for scenario in (plain_turns, burst_and_typing, superseded, operators, troubles, dormancy, outside)
}

_COMMANDS = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activity",
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED: "cancel activity",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_TIMER_CANCELED: "cancel timer",
    EventType.EVENT_TYPE_MARKER_RECORDED: "local activity",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "search attributes",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: "continue as new",
}


def _command(event: HistoryEvent) -> str:
    """The command behind an event, with its activity's name; "" for an event that no command made."""
    kind = _COMMANDS.get(event.event_type, "")
    marker = event.marker_recorded_event_attributes
    if marker.marker_name == "core_patch":
        return "patch"
    if "data" in marker.details:
        return f"{kind} {json.loads(marker.details['data'].payloads[0].data)['activity_type']}"
    return f"{kind} {event.activity_task_scheduled_event_attributes.activity_type.name}".strip()


def commands(histories: Sequence[WorkflowHistory]) -> list[str]:
    """What the workflow asked of Temporal in all its runs, in order: what code must produce again to replay them."""
    return [command for history in histories for event in history.events if (command := _command(event))]
