"""Thinking: one call, counted before it is used, kept once it is paid for; every failure classified."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.brain import Brain, Model, price
from connections import Connections
from domain.decision import Reply
from domain.work import AgentRef, Intake, ThinkRequest, Thought
from local.simulated_openai.outcomes import Outcome
from local.simulated_openai.serving import Running
from tests.activities.conftest import received


@pytest.fixture
async def thinking(connections: Connections, brain: Running) -> AsyncGenerator[Brain]:
    """The real brain on the simulated server."""
    brain.control.reset()
    model = Model("gpt-6-luna", simulated=False)
    yield Brain(connections.openai, model, connections.companies, connections.memory, connections.ledger)
    brain.control.reset()


async def _ask(
    connections: Connections, agent: AgentRef, text: str = "hola, ¿cuánto cuesta el coaching?"
) -> ThinkRequest:
    await connections.memory.remember(Intake(agent=agent, customer_id="c", messages=[received(1, text)]))
    return ThinkRequest(agent=agent, turn=1, unanswered=[1])


async def _decide(thinking: Brain, request: ThinkRequest, attempt: int = 1) -> Thought:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt)
    return await environment.run(thinking.decide, request)


async def _usage(connections: Connections, agent: AgentRef) -> list[int]:
    async with connections.postgres.tenant(agent.company) as connection:
        rows = await connection.fetch("select input_tokens, price_usd from usage where company_id = $1", agent.company)
    assert all(row["price_usd"] and row["price_usd"] > 0 for row in rows)
    return [row["input_tokens"] for row in rows]


async def test_a_thought_is_paid_for_once(
    connections: Connections, agent: AgentRef, thinking: Brain, brain: Running
) -> None:
    request = await _ask(connections, agent)
    first, second = await _decide(thinking, request), await _decide(thinking, request, attempt=2)
    assert isinstance(first.decision, Reply)
    assert "1990" in first.decision.bubbles[0].replace(",", "")
    assert first.violations == []
    assert second == first
    assert len(await _usage(connections, agent)) == 1


async def test_what_leaves_for_openai(
    connections: Connections, agent: AgentRef, thinking: Brain, brain: Running
) -> None:
    await _decide(thinking, await _ask(connections, agent))
    (call,) = brain.control.calls("/v1/responses")
    body = call.text
    assert '"store":false' in body.replace(" ", "")
    assert agent.phone.removeprefix("+") not in body
    assert "Escuela de Ventas" in body


@pytest.mark.parametrize(
    ("outcome", "kind", "retried"),
    [
        ({"fail": "rate_limit", "retry_after_ms": 1500}, "LLMRateLimited", True),
        ({"fail": "insufficient_quota"}, "LLMRejected", False),
        ({"fail": "server_error"}, "LLMUnavailable", True),
        ({"fail": "overloaded"}, "LLMUnavailable", True),
        ({"fail": "bad_gateway"}, "LLMUnavailable", True),
        ({"fail": "drop"}, "LLMUnavailable", True),
        ({"fail": "context_length"}, "LLMRejected", False),
        ({"fail": "unauthorized"}, "LLMRejected", False),
        ({"refusal": "no"}, "LLMRefused", False),
        ({"incomplete": "max_output_tokens"}, "LLMIncomplete", False),
        ({"raw_text": "rubbish {"}, "LLMBadOutput", True),
        ({"raw_text": '{"decision": {"kind": "dance"}}'}, "LLMBadOutput", True),
    ],
)
async def test_every_failure_is_classified(
    connections: Connections,
    agent: AgentRef,
    thinking: Brain,
    brain: Running,
    outcome: dict[str, object],
    kind: str,
    retried: bool,
) -> None:
    request = await _ask(connections, agent, "una pregunta muy privada")
    brain.control.script([Outcome.model_validate(outcome)])
    with pytest.raises(ApplicationError) as raised:
        await _decide(thinking, request)
    assert (raised.value.type, raised.value.non_retryable) == (kind, not retried)
    assert "privada" not in str(raised.value)
    answered = "fail" not in outcome
    assert len(await _usage(connections, agent)) == (1 if answered else 0)
    if kind == "LLMRateLimited":
        assert raised.value.next_retry_delay is not None
        assert raised.value.next_retry_delay.total_seconds() == 1.5


async def test_an_invented_price_is_seen(
    connections: Connections, agent: AgentRef, thinking: Brain, brain: Running
) -> None:
    request = await _ask(connections, agent)
    brain.control.script([Outcome.model_validate({"reply": ["Te lo dejo en $99 MXN: https://evil.example/x"]})])
    thought = await _decide(thinking, request)
    assert len(thought.violations) == 2


def test_the_price_of_a_call() -> None:
    cost = price("gpt-6-luna", spent=3000, cached=2000, written=200)
    assert cost is not None
    assert float(cost) == pytest.approx(0.00022)
    assert price("a-model-nobody-knows", 1, 0, 1) is None
