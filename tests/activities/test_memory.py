"""The memory keeps each message once, in order, for ever, and within bounds."""

import asyncio
from datetime import UTC, datetime

from activities.memory import RECENT
from connections import Connections
from domain.messages import Role, Said
from domain.work import AgentRef, Intake, Outcome
from tests.activities.conftest import received


def _intake(agent: AgentRef, *sequences: int) -> Intake:
    return Intake(agent=agent, customer_id="c", messages=[received(sequence) for sequence in sequences])


async def _contents(connections: Connections, agent: AgentRef) -> list[tuple[int, str]]:
    entries = await connections.memory.conversation(agent, before=None, limit=100)
    return [(entry.sequence, entry.content) for entry in entries]


async def test_a_retry_finds_its_own_messages_and_a_redelivery_does_not(
    connections: Connections, agent: AgentRef
) -> None:
    memory = connections.memory
    assert (await memory.remember(_intake(agent, 1, 2))).new == [1, 2]
    assert (await memory.remember(_intake(agent, 1, 2))).new == [1, 2]
    again = Intake(agent=agent, customer_id="c", messages=[received(3, id="wamid.1"), received(4)])
    assert (await memory.remember(again)).new == [4]
    assert [sequence for sequence, _ in await _contents(connections, agent)] == [1, 2, 4]
    document = await memory.document(agent)
    assert [message["sequence"] for message in document["messages"]] == [1, 2, 4]


async def test_ten_attempts_at_once_store_once(connections: Connections, agent: AgentRef) -> None:
    await asyncio.gather(*(connections.memory.remember(_intake(agent, 1, 2, 3)) for _ in range(10)))
    assert [sequence for sequence, _ in await _contents(connections, agent)] == [1, 2, 3]
    document = await connections.memory.document(agent)
    assert [message["sequence"] for message in document["messages"]] == [1, 2, 3]


async def test_the_document_is_bounded_and_the_conversation_is_not(connections: Connections, agent: AgentRef) -> None:
    many = RECENT + 15
    for start in range(1, many, 11):
        await connections.memory.remember(_intake(agent, *range(start, min(start + 11, many + 1))))
    document = await connections.memory.document(agent)
    assert [message["sequence"] for message in document["messages"]] == list(range(many - RECENT + 1, many + 1))
    newest = await connections.memory.conversation(agent, before=None, limit=10)
    before = await connections.memory.conversation(agent, before=newest[0].sequence, limit=100)
    assert [entry.sequence for entry in before + newest] == list(range(1, many + 1))


async def test_what_was_said_is_recorded_once_with_the_thought_behind_it(
    connections: Connections, agent: AgentRef
) -> None:
    memory = connections.memory
    await memory.remember(_intake(agent, 1))
    answer = {
        "decision": {"kind": "reply", "bubbles": ["Hola, Ana"]},
        "intent": "greeting",
        "sentiment": "positive",
        "learnt": [
            {"about": "fact", "text": "Se llama Ana", "confidence": 0.9},
            {"about": "interest", "text": "coaching", "confidence": 0.7},
        ],
    }
    await memory.keep_thought(agent, 1, 0, {"answer": answer, "model": "m", "prompt": "answer.v1", "violations": []})
    said = Said(id="b.1.1", sequence=2, role=Role.AGENT, text="Hola, Ana", at=datetime.now(UTC))
    outcome = Outcome(agent=agent, turn=1, thought_attempt=0, said=[said])
    for _ in range(3):
        await memory.record(outcome)
    document = await memory.document(agent)
    assert [(message["role"], message["content"]) for message in document["messages"]] == [
        ("customer", "hola"),
        ("agent", "Hola, Ana"),
    ]
    assert [fact["text"] for fact in document["insights"]["facts"]] == ["Se llama Ana"]
    assert document["insights"]["interests"] == ["coaching"]
    assert await memory.highest(agent) == (2, 1)
