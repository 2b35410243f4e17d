"""Every bubble once: reserve, settle, and what the provider says later."""

import asyncio
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connections import Connections
from domain.delivery import Delivery, DeliveryState, FailureKind
from domain.identity import CompanyId
from domain.messages import bubble_id
from domain.work import AgentRef, Bubble


def _bubble(agent: AgentRef, turn: int = 1, *, again: bool = False) -> Bubble:
    id = bubble_id(agent.company, agent.phone, turn, 1)
    return Bubble(agent=agent, id=id, turn=turn, number=1, text="hola", again=again)


async def test_only_one_of_many_attempts_may_send(connections: Connections, agent: AgentRef) -> None:
    outcomes = await asyncio.gather(*(connections.ledger.reserve(_bubble(agent)) for _ in range(10)))
    assert outcomes.count(None) == 1
    assert {outcome.state for outcome in outcomes if outcome} == {DeliveryState.RESERVED}


async def test_an_unknown_outcome_is_sent_again_only_on_demand(connections: Connections, agent: AgentRef) -> None:
    ledger = connections.ledger
    assert await ledger.reserve(_bubble(agent)) is None
    assert await ledger.reserve(_bubble(agent)) == Delivery(bubble=_bubble(agent).id, state=DeliveryState.RESERVED)
    assert await ledger.reserve(_bubble(agent, again=True)) is None


async def test_what_was_proven_unsent_may_be_taken_again(connections: Connections, agent: AgentRef) -> None:
    ledger = connections.ledger
    await ledger.reserve(_bubble(agent))
    await ledger.settle(agent.company, _bubble(agent).id, DeliveryState.RELEASED, failure=FailureKind.THROUGHPUT)
    assert await ledger.reserve(_bubble(agent)) is None
    await ledger.settle(agent.company, _bubble(agent).id, DeliveryState.SENT, provider_id="wamid.x")
    known = await ledger.reserve(_bubble(agent, again=True))
    assert known is not None
    assert (known.state, known.provider_id) == (DeliveryState.SENT, "wamid.x")


async def test_a_status_that_overtakes_our_own_settling_stands(connections: Connections, agent: AgentRef) -> None:
    ledger, bubble = connections.ledger, _bubble(agent)
    await ledger.reserve(bubble)
    await _status(connections, agent, bubble.id, DeliveryState.DELIVERED)
    settled = await ledger.settle(agent.company, bubble.id, DeliveryState.SENT, provider_id="wamid.x")
    assert settled.state is DeliveryState.DELIVERED


@pytest.mark.parametrize("known_by", ["our id", "the provider's id"])
async def test_a_status_finds_its_bubble(connections: Connections, agent: AgentRef, known_by: str) -> None:
    ledger, bubble = connections.ledger, _bubble(agent)
    await ledger.reserve(bubble)
    await ledger.settle(agent.company, bubble.id, DeliveryState.SENT, provider_id="wamid.x")
    ours = bubble.id if known_by == "our id" else None
    assert await _status(connections, agent, ours, DeliveryState.READ)
    assert (await ledger.look_up(agent.company, bubble.id)).state is DeliveryState.READ


async def test_a_status_of_a_bubble_we_never_sent_finds_nothing(connections: Connections, agent: AgentRef) -> None:
    assert not await _status(connections, agent, "nobody.1.1", DeliveryState.SENT)


async def test_a_late_failure_says_whose_bubble_it_was_and_why(connections: Connections, agent: AgentRef) -> None:
    bubble = _bubble(agent)
    await connections.ledger.reserve(bubble)
    await connections.ledger.settle(agent.company, bubble.id, DeliveryState.SENT, provider_id="wamid.x")
    noted = await connections.ledger.note_status(
        agent.company,
        send_id=None,
        provider_id="wamid.x",
        state=DeliveryState.FAILED,
        at=datetime.now(UTC),
        failure=FailureKind.PERMANENT,
        detail="undeliverable",
    )
    assert noted is not None
    whose, delivery = noted
    assert (whose, delivery.bubble, delivery.state) == (agent, bubble.id, DeliveryState.FAILED)
    assert (delivery.failure, delivery.detail) == (FailureKind.PERMANENT, "undeliverable")


async def test_a_status_of_another_company_changes_nothing(connections: Connections, agent: AgentRef) -> None:
    bubble = _bubble(agent)
    await connections.ledger.reserve(bubble)
    stranger = AgentRef(company=CompanyId("somebody-else"), phone=agent.phone)
    assert not await _status(connections, stranger, bubble.id, DeliveryState.READ)


_TURNS = count(1000)
_PROVIDER = [DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.FAILED]


@given(order=st.lists(st.sampled_from(_PROVIDER), min_size=1, max_size=6))
@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_statuses_in_any_order_end_at_the_highest(
    connections: Connections, agent: AgentRef, order: list[DeliveryState]
) -> None:
    turn = next(_TURNS)  # Hypothesis repeats examples; each needs a bubble of its own
    bubble = _bubble(agent, turn)
    await connections.ledger.reserve(bubble)
    for state in order:
        await _status(connections, agent, bubble.id, state, provider_id=f"wamid.{turn}")
    arrived = [state for state in order if state in (DeliveryState.DELIVERED, DeliveryState.READ)]
    refused = DeliveryState.FAILED if DeliveryState.FAILED in order else DeliveryState.SENT
    expected = max(arrived, key=_PROVIDER.index) if arrived else refused
    assert (await connections.ledger.look_up(agent.company, bubble.id)).state is expected


async def _status(
    connections: Connections, agent: AgentRef, bubble: str | None, state: DeliveryState, provider_id: str = "wamid.x"
) -> bool:
    noted = await connections.ledger.note_status(
        agent.company,
        send_id=bubble,
        provider_id=provider_id,
        state=state,
        at=datetime.now(UTC),
        pricing={"billable": True, "category": "service"},
    )
    return noted is not None
