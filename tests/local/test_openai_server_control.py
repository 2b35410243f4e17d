"""The control endpoints: scripted outcomes, gates, latency and the request log."""

import asyncio
from collections.abc import AsyncGenerator

import httpx2
import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response
from pydantic import JsonValue

from domain.decision import Answer, Reply
from local.simulated_openai.control import Control
from local.simulated_openai.serving import Running, running
from local.simulated_openai.settings import Settings


@pytest.fixture(scope="module")
async def server() -> AsyncGenerator[Running]:
    async with running() as started:
        yield started


@pytest.fixture
async def client(server: Running) -> AsyncGenerator[AsyncOpenAI]:
    server.control.reset()
    async with AsyncOpenAI(api_key="sk-secret", base_url=server.base_url, max_retries=0, timeout=5) as opened:
        yield opened


@pytest.fixture
async def control(server: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=f"{server.origin}/_control", timeout=10) as opened:
        yield opened


async def ask(client: AsyncOpenAI, said: str = "hola", patience: float = 5) -> Response:
    return await client.responses.create(
        model="gpt-6-luna",
        input=said,
        text={
            "format": {"type": "json_schema", "name": "answer", "strict": True, "schema": Answer.model_json_schema()}
        },
        store=False,
        timeout=patience,
    )


def bubbles(response: Response) -> list[str]:
    decision = Answer.model_validate_json(response.output_text).decision
    assert isinstance(decision, Reply)
    return decision.bubbles


async def test_outcomes_are_taken_in_order_and_by_what_the_body_contains(
    client: AsyncOpenAI, control: httpx2.AsyncClient
) -> None:
    outcomes: list[JsonValue] = [{"reply": ["para él"], "when": "señor"}, {"reply": ["uno", "dos"], "times": 2}]
    assert (await control.post("/outcomes", json=outcomes)).json()["outcomes"] == 3
    assert bubbles(await ask(client)) == ["uno", "dos"]
    assert bubbles(await ask(client, "Buenas, señor")) == ["para él"]
    assert bubbles(await ask(client)) == ["uno", "dos"]
    assert bubbles(await ask(client)) not in (["uno", "dos"], ["para él"])


async def test_whole_answers_rubbish_refusals_and_incomplete_ones(
    client: AsyncOpenAI, control: httpx2.AsyncClient
) -> None:
    await control.post(
        "/outcomes",
        json=[
            {"answer": {"anything": 1}},
            {"raw_text": "{ not json"},
            {"refusal": "I won't."},
            {"incomplete": "content_filter"},
        ],
    )
    assert (await ask(client)).output_text == '{"anything": 1}'
    assert (await ask(client)).output_text == "{ not json"
    refused = await ask(client)
    assert refused.output[0].type == "message"
    assert refused.output[0].content[0].type == "refusal"
    cut = await ask(client)
    assert (cut.status, cut.incomplete_details and cut.incomplete_details.reason) == ("incomplete", "content_filter")
    assert cut.usage


@pytest.mark.parametrize(
    ("failure", "error", "code"),
    [
        ("rate_limit", openai.RateLimitError, "rate_limit_exceeded"),
        ("insufficient_quota", openai.RateLimitError, "insufficient_quota"),
        ("server_error", openai.InternalServerError, None),
        ("overloaded", openai.InternalServerError, "overloaded"),
        ("bad_gateway", openai.InternalServerError, None),
        ("context_length", openai.BadRequestError, "context_length_exceeded"),
        ("unauthorized", openai.AuthenticationError, "invalid_api_key"),
    ],
)
async def test_failures(
    client: AsyncOpenAI, control: httpx2.AsyncClient, failure: str, error: type[openai.APIStatusError], code: str | None
) -> None:
    await control.post("/outcomes", json={"fail": failure, "retry_after_ms": 250})
    with pytest.raises(error) as caught:
        await ask(client)
    assert caught.value.code == code
    assert caught.value.response.headers.get("retry-after-ms") == ("250" if failure == "rate_limit" else None)
    assert bubbles(await ask(client))


async def test_a_hanging_call_times_out_and_is_logged_as_gone(client: AsyncOpenAI, server: Running) -> None:
    async with httpx2.AsyncClient(base_url=f"{server.origin}/_control") as control:
        await control.post("/outcomes", json={"fail": "hang"})
    with pytest.raises(openai.APITimeoutError):
        await ask(client, patience=0.1)
    await server.control.until(lambda: server.control.calls()[-1].end == "gone", 5)


async def test_a_dropped_connection(client: AsyncOpenAI, control: httpx2.AsyncClient) -> None:
    await control.post("/outcomes", json={"fail": "drop"})
    with pytest.raises(openai.APIConnectionError) as caught:
        await ask(client)
    assert not isinstance(caught.value, openai.APITimeoutError)


async def test_held_calls_wait_for_their_release(client: AsyncOpenAI, control: httpx2.AsyncClient) -> None:
    await control.post("/hold", json={"when": "Ana"})
    assert bubbles(await ask(client, "soy Luis"))
    first, second = asyncio.create_task(ask(client, "soy Ana")), asyncio.create_task(ask(client, "Ana otra vez"))
    assert (await control.get("/held", params={"at_least": 2})).json() == {"held": 2}
    assert (await control.post("/release", json={"count": 1})).json() == {"released": 1}
    done, _ = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
    assert len(done) == 1
    assert (await control.get("")).json()["held"] == 1
    assert (await control.post("/release")).json() == {"released": 1}
    await asyncio.gather(first, second)
    assert bubbles(await ask(client, "Ana, ya sin espera"))


async def test_a_held_call_whose_client_leaves_is_held_no_more(client: AsyncOpenAI, server: Running) -> None:
    server.control.hold()
    call = asyncio.create_task(ask(client))
    await server.control.until(lambda: server.control.held == 1, 5)
    call.cancel()
    await server.control.until(lambda: server.control.held == 0, 5)
    assert server.control.calls()[-1].end == "gone"


async def test_the_log_shows_bodies_and_no_key(client: AsyncOpenAI, control: httpx2.AsyncClient) -> None:
    await ask(client, "¿cuánto?")
    (call,) = (await control.get("/requests", params={"path": "/v1/responses", "at_least": 1})).json()["requests"]
    assert call["body"]["input"] == "¿cuánto?"
    assert call["body"]["store"] is False
    assert (call["end"], call["status"]) == ("answered", 200)
    assert "sk-secret" not in str(call)
    assert (await control.delete("/requests")).json()["requests"] == 0


async def test_waiting_for_what_does_not_come_is_told(control: httpx2.AsyncClient, client: AsyncOpenAI) -> None:
    assert (await control.get("/requests", params={"at_least": 1, "timeout": 0.01})).status_code == 408


async def test_bad_commands_are_refused(control: httpx2.AsyncClient) -> None:
    for outcome in ({}, {"reply": ["a"], "raw_text": "b"}, {"fail": "nothing"}):
        assert (await control.post("/outcomes", json=outcome)).status_code == 422
    assert (await control.patch("", json={"latency": -1})).status_code == 422


async def test_latency_can_be_set(client: AsyncOpenAI, control: httpx2.AsyncClient) -> None:
    assert (await control.patch("", json={"latency": 30})).json()["latency"] == 30
    with pytest.raises(openai.APITimeoutError):
        await ask(client, patience=0.05)
    assert (await control.post("/reset")).json()["latency"] == 0


def test_the_log_is_capped() -> None:
    control = Control(Settings(log_size=2))
    for number in range(5):
        control.record("POST", "/v1/responses", {}, {"n": number}, "")
    assert [call.body for call in control.calls()] == [{"n": 3}, {"n": 4}]
