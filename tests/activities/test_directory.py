"""What operators see: absolute values, numbered events, each alert once; and where a lost agent goes on."""

from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError

from connections import Connections
from domain.identity import CompanyId
from domain.messages import Role, Said, bubble_id
from domain.state import AgentEvent, Mode, Stage, Status
from domain.work import AgentRef, Alert, Bubble, CustomerNote, Intake, Outcome
from tests.activities.conftest import received


def _note(agent: AgentRef, **changes: object) -> CustomerNote:
    plain = CustomerNote(
        agent=agent,
        name="Ana",
        stage=Stage.LEAD,
        status=Status.WAITING,
        mode=Mode.OPERATOR,
        opted_out=True,
        message_count=7,
        turn=3,
        last_interaction=datetime.now(UTC),
        handed_off="asked for a person",
        events=[AgentEvent(number=1, kind="taken_over", at=datetime.now(UTC), by="ana")],
    )
    return plain.model_copy(update=changes)


async def test_an_agent_that_lost_its_state_goes_on_where_it_was(connections: Connections, agent: AgentRef) -> None:
    for _ in range(2):
        await connections.directory.note_customer(_note(agent))
    await connections.memory.remember(Intake(agent=agent, customer_id="c", messages=[received(9)]))
    said = Said(id="b", sequence=11, role=Role.AGENT, text="hola", at=datetime.now(UTC))
    await connections.memory.record(Outcome(agent=agent, turn=4, said=[said]))
    id = bubble_id(agent.company, agent.phone, 5, 1)
    await connections.ledger.reserve(Bubble(agent=agent, id=id, turn=5, number=1, text="x"))
    record = await connections.directory.open_agent(agent)
    assert (record.sequence, record.turn, record.event_number) == (11, 5, 1)
    assert (record.mode, record.opted_out, record.name) == (Mode.OPERATOR, True, "Ana")


async def test_an_unknown_company_has_no_agents(connections: Connections, agent: AgentRef) -> None:
    with pytest.raises(ApplicationError) as raised:
        await connections.directory.open_agent(AgentRef(company=CompanyId("nobody"), phone=agent.phone))
    assert (raised.value.type, raised.value.non_retryable) == ("UnknownCompany", True)


async def test_events_and_alerts_are_written_once(connections: Connections, agent: AgentRef) -> None:
    alert = Alert(agent=agent, kind="hand_off", key="hand_off.1", detail="asked")
    for _ in range(3):
        await connections.directory.note_customer(_note(agent))
        await connections.directory.raise_alert(alert)
    async with connections.postgres.tenant(agent.company) as connection:
        for table in ("agent_events", "alerts"):
            query = f"select count(*) from {table} where company_id = $1"  # noqa: S608 - our own names
            assert await connection.fetchval(query, agent.company) == 1


async def test_a_nul_in_a_name_or_a_reason_does_not_wedge_the_agent(connections: Connections, agent: AgentRef) -> None:
    event = AgentEvent(number=1, kind="unreadable_signal", at=datetime.now(UTC), detail="\0")
    await connections.directory.note_customer(_note(agent, name="A\0na", handed_off="\0", events=[event]))
    await connections.directory.raise_alert(Alert(agent=agent, kind="hand_off", key="k", detail="a\0b"))
    assert (await connections.directory.open_agent(agent)).name == "A\ufffdna"
