"""What happens around the conversation: a human on the phone, settings in WhatsApp, messages that come late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from domain.delivery import FailureKind, Undelivered
from domain.messages import Echo, Preference, Role
from domain.state import Mode
from domain.work import Release, Reply
from tests.workflows.conftest import Customer, CustomerMaker
from tests.workflows.world import World
from workflows.customer_agent import CustomerAgent


async def _tells(customer: Customer, signal: str, payload: Any) -> None:
    await customer.signals(payload, signal=signal)


async def test_a_human_on_the_phone_silences_the_agent_in_mid_think(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.thinking.close()
    await customer.says("¿a qué hora abren?")
    await world.thinking.reached()
    for _ in range(2):  # WhatsApp delivers at least once
        await _tells(customer, "echo", Echo(id="wamid.e", text="A las nueve, Ana"))
    world.thinking.open()
    await customer.until(lambda: bool(world.recorded))
    snapshot = await customer.rests()
    assert (snapshot.mode, snapshot.unanswered, world.texts) == (Mode.OPERATOR, 0, [])
    assert [(said.id, said.role, said.text) for said in world.recorded] == [
        ("wamid.e", Role.OPERATOR, "A las nueve, Ana")
    ]
    assert world.recorded[0].sequence == 2


async def test_what_comes_after_the_humans_word_waits_for_the_agents_return(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await _tells(customer, "echo", Echo(id="wamid.e", text="Hola Ana, soy Emilio"))
    await customer.until(lambda: bool(world.recorded))
    await customer.says("¿y cuánto cuesta?")
    await customer.until(lambda: len(world.inbound) == 1)
    assert (await customer.snapshot()).unanswered == 1
    await customer.handle.execute_update(CustomerAgent.release, Release(by="emilio"))
    await customer.until(lambda: world.texts == ["¿y cuánto cuesta?"])


async def test_an_echo_before_the_databases_were_asked_goes_behind_what_they_know(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.record_of_agent = world.record_of_agent.model_copy(update={"sequence": 40})
    await _tells(customer, "echo", Echo(id="wamid.e", text="Hola"))
    await customer.until(lambda: bool(world.recorded))
    assert world.recorded[0].sequence == 41


async def test_stop_in_whatsapps_settings_opts_out_and_resume_opts_in(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await _tells(customer, "preference", Preference(id="stop 1", wanted=False))
    await customer.until(lambda: bool(world.notes) and world.notes[-1].opted_out)
    await _tells(customer, "preference", Preference(id="resume 2", wanted=True))
    await customer.until(lambda: not world.notes[-1].opted_out)
    await _tells(customer, "preference", Preference(id="stop 1", wanted=False))  # delivered again
    await customer.says("hola")
    await customer.until(lambda: world.texts == ["hola"])  # and nothing was confirmed: WhatsApp did
    snapshot = await customer.rests()
    assert not snapshot.opted_out


async def test_a_message_that_comes_a_day_late_is_remembered_and_not_answered(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("¿hoy hay clase?", sent_at=datetime.now(UTC) - timedelta(hours=25))
    await customer.until(lambda: any(event.kind == "stale_message" for note in world.notes for event in note.events))
    snapshot = await customer.rests()
    assert (len(world.inbound), snapshot.unanswered, world.thoughts) == (1, 0, [])
    await customer.says("hola", sent_at=datetime.now(UTC) - timedelta(hours=23))
    await customer.until(lambda: world.texts == ["hola"])


async def test_stop_counts_however_late_it_comes(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("BAJA", sent_at=datetime.now(UTC) - timedelta(days=5))
    await customer.until(lambda: bool(world.notes) and world.notes[-1].opted_out)


async def test_a_bubble_that_did_not_arrive_is_an_alert_once(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("hola")
    await customer.rests()
    failed = Undelivered(bubble=world.sent[0][0], kind=FailureKind.PERMANENT, detail="no WhatsApp")
    for _ in range(2):
        await _tells(customer, "undelivered", failed)
    await customer.until(lambda: bool(world.alerts))
    snapshot = await customer.rests()
    assert [(alert.kind, alert.detail) for alert in world.alerts] == [("send_failed", "permanent: no WhatsApp")]
    assert [event.kind for note in world.notes for event in note.events] == ["undelivered"]
    assert not snapshot.opted_out


async def test_whatsapp_s_word_that_the_customer_opted_out_counts(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await _tells(customer, "undelivered", Undelivered(bubble="b.1.1", kind=FailureKind.OPTED_OUT))
    await customer.until(lambda: bool(world.notes) and world.notes[-1].opted_out)
    assert world.texts == []


def _windowed() -> World:
    world = World()
    world.brief = world.brief.model_copy(update={"windowed": True})
    world.record_of_agent = world.record_of_agent.model_copy(update={"brief": world.brief})
    return world


async def test_the_window_counts_from_when_the_customer_wrote(live: CustomerMaker) -> None:
    customer = await live(world := _windowed())
    written = datetime.now(UTC) - timedelta(hours=3)
    await customer.says("hola", sent_at=written)
    await customer.says("de antes", sent_at=written - timedelta(hours=2))  # WhatsApp keeps no order
    await customer.until(lambda: len(world.inbound) == 2)
    snapshot = await customer.rests()
    assert snapshot.window_until == written + timedelta(hours=23, minutes=55)
    assert world.notes[-1].last_inbound == written


async def test_a_human_s_text_behind_the_window_is_refused_at_once(live: CustomerMaker) -> None:
    customer = await live(world := _windowed())
    await customer.says("hola")
    await customer.rests()
    await customer.skip(hours=24)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await customer.handle.execute_update(CustomerAgent.reply, Reply(text="¿Sigues ahí?", by="ana"))
    assert "24-hour window" in str(refused.value.cause)
    assert (world.texts, (await customer.snapshot()).mode) == (["hola"], Mode.AGENT)


async def test_a_channel_without_a_window_never_refuses(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("hola")
    await customer.rests()
    await customer.skip(hours=24)
    await customer.handle.execute_update(CustomerAgent.reply, Reply(text="¿Sigues ahí?", by="ana"))
    assert world.texts == ["hola", "¿Sigues ahí?"]


async def test_a_run_that_lost_its_state_knows_the_window(live: CustomerMaker) -> None:
    customer = await live(world := _windowed())
    written = datetime.now(UTC) - timedelta(hours=30)
    world.record_of_agent = world.record_of_agent.model_copy(update={"last_inbound": written})
    await customer.start()
    await customer.until(lambda: bool(world.notes))
    assert (await customer.snapshot()).window_until == written + timedelta(hours=23, minutes=55)


async def test_a_signal_of_the_wrong_shape_does_no_harm(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await _tells(customer, "echo", {"text": "without an id"})
    await _tells(customer, "preference", ["stop"])
    await _tells(customer, "undelivered", {"kind": "nonsense"})
    await _tells(customer, "unheard-of", {})
    await customer.says("hola")
    await customer.until(lambda: world.texts == ["hola"])
    await customer.rests()
    kinds = [event.kind for note in world.notes for event in note.events]
    assert kinds.count("unreadable_signal") == 4
