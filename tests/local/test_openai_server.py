"""The simulated OpenAI as the official client sees it: shapes, refusals, failures and the smaller endpoints."""

import base64
import math
import struct
from collections.abc import AsyncGenerator
from typing import cast

import httpx2
import jsonschema
import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response, ResponseTextConfigParam
from pydantic import BaseModel, JsonValue

from domain.decision import Answer, Reply
from local.simulated_openai.schema import Schema, violations
from local.simulated_openai.serving import Running, running

MODEL = "gpt-6-luna"


class Remembered(BaseModel):
    """Another schema than the product's answer."""

    summary: str
    facts: list[str]
    score: float
    next: "Remembered | None"


@pytest.fixture(scope="module")
async def server() -> AsyncGenerator[Running]:
    async with running() as started:
        yield started


@pytest.fixture
async def client(server: Running) -> AsyncGenerator[AsyncOpenAI]:
    server.control.reset()
    async with AsyncOpenAI(api_key="sk-test", base_url=server.base_url, max_retries=0, timeout=5) as opened:
        yield opened


@pytest.fixture
async def http(server: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.origin) as opened:
        yield opened


def strict(schema: dict[str, object], name: str = "answer") -> ResponseTextConfigParam:
    return {"format": {"type": "json_schema", "name": name, "strict": True, "schema": schema}}


def closed(model: type[BaseModel]) -> dict[str, object]:
    function = openai.pydantic_function_tool(model)["function"]
    return cast("dict[str, object]", function.get("parameters"))


async def ask(client: AsyncOpenAI, said: str = "Hola", **options: str) -> Response:
    return await client.responses.create(
        model=options.get("model", MODEL),
        instructions=options.get("instructions", ""),
        input=[{"role": "user", "content": said}],
        text=strict(Answer.model_json_schema()),
        reasoning={"effort": "none"},
        store=False,
    )


async def test_a_structured_answer_is_valid_for_the_products_schema(client: AsyncOpenAI) -> None:
    response = await ask(client)
    answer = Answer.model_validate_json(response.output_text)
    assert isinstance(answer.decision, Reply)
    assert response.status == "completed"
    assert response.id.startswith("resp_")
    assert response._request_id is not None  # pyright: ignore[reportPrivateUsage]  # The client's public name for it.


async def test_the_answer_draws_on_the_instructions_the_customer_and_the_talk(client: AsyncOpenAI) -> None:
    response = await client.responses.create(
        model=MODEL,
        instructions="Business: Panadería (sol), MX.\n# Catalogue\n- [p] Pan de muerto | 45.50 MXN | - | -\n",
        input=[
            {"role": "developer", "content": "# The customer\nName: Ana\n"},
            {"role": "user", "content": "hola"},
            {"role": "assistant", "content": [{"type": "output_text", "text": "¡Hola, Ana!"}]},  # pyright: ignore[reportArgumentType]  # The client's types ask for an id, the API does not.
            {"role": "user", "content": [{"type": "input_text", "text": "¿a cómo el pan de muerto?"}]},
        ],
        text=strict(Answer.model_json_schema()),
    )
    decision = Answer.model_validate_json(response.output_text).decision
    assert isinstance(decision, Reply)
    assert "45.50 MXN" in decision.bubbles[0]


async def test_another_schema_gets_a_minimal_instance(client: AsyncOpenAI) -> None:
    schema = closed(Remembered)
    response = await client.responses.create(model=MODEL, input="Summarise.", text=strict(schema))
    jsonschema.validate(Remembered.model_validate_json(response.output_text).model_dump(), schema)


async def test_plain_text_and_content_parts(client: AsyncOpenAI) -> None:
    response = await client.responses.create(
        model=MODEL,
        input=[
            {"role": "user", "content": [{"type": "input_text", "text": "hola"}]},
        ],
    )
    assert "asistente" in response.output_text


async def test_a_repeated_long_prefix_is_cached(client: AsyncOpenAI) -> None:
    instructions = "Business: Panadería Sol (sol), country MX.\n" + "Palabra. " * 1000
    first = (await ask(client, "uno", instructions=instructions)).usage
    second = (await ask(client, "dos", instructions=instructions)).usage
    short = (await ask(client, "tres")).usage
    assert first
    assert second
    assert short
    assert first.input_tokens_details.cached_tokens == 0
    assert first.input_tokens_details.cache_write_tokens >= 1024
    assert 2000 < second.input_tokens_details.cached_tokens <= second.input_tokens
    assert second.total_tokens == second.input_tokens + second.output_tokens
    assert short.input_tokens_details.cached_tokens == 0


async def test_headers(client: AsyncOpenAI) -> None:
    raw = await client.responses.with_raw_response.create(model=MODEL, input="hola")
    assert raw.headers["x-request-id"].startswith("req_")
    assert int(raw.headers["openai-processing-ms"]) >= 0
    assert raw.headers["x-ratelimit-remaining-tokens"].isdecimal()


async def test_too_few_output_tokens_leave_the_answer_incomplete(client: AsyncOpenAI) -> None:
    response = await client.responses.create(
        model=MODEL, input="hola", max_output_tokens=16, text=strict(Answer.model_json_schema())
    )
    assert response.status == "incomplete"
    assert response.incomplete_details
    assert response.incomplete_details.reason == "max_output_tokens"
    assert response.usage
    assert response.usage.output_tokens == 16


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"colour": "red"}, "unknown_parameter", "colour"),
        ({"model": None}, "missing_required_parameter", "model"),
        ({"store": "no"}, "invalid_type", "store"),
        ({"temperature": 0.5}, "unsupported_parameter", "temperature"),
        (
            {"input": [{"role": "assistant", "content": [{"type": "input_text"}]}]},
            "invalid_value",
            "input[0].content[0]",
        ),
        (
            {"text": {"format": {"type": "json_schema", "name": "a b", "schema": {}}}},
            "invalid_value",
            "text.format.name",
        ),
    ],
)
async def test_bad_requests(http: httpx2.AsyncClient, change: dict[str, JsonValue], code: str, param: str) -> None:
    body: dict[str, JsonValue] = {"model": MODEL, "input": "hola"} | change
    sent = {name: value for name, value in body.items() if value is not None}
    response = await http.post("/v1/responses", json=sent, headers={"authorization": "Bearer sk-test"})
    assert response.status_code == 400
    assert (response.json()["error"]["code"], response.json()["error"]["param"]) == (code, param)


async def test_no_key_no_such_path_and_no_such_model(client: AsyncOpenAI, http: httpx2.AsyncClient) -> None:
    assert (await http.post("/v1/responses", json={"model": MODEL, "input": "hola"})).status_code == 401
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        await client.responses.retrieve("resp_1")
    with pytest.raises(openai.NotFoundError) as caught:
        await ask(client, model="gone-4o-mini")
    assert caught.value.code == "model_not_found"


LOOSE: list[tuple[dict[str, object], str]] = [
    ({"type": "array", "items": {"type": "string"}}, 'type: "object"'),
    ({"type": "object", "properties": {}, "required": []}, "additionalProperties"),
    ({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}, "Missing 'a'"),
    (closed(Remembered) | {"oneOf": []}, "'oneOf' is not permitted"),
    (closed(Remembered) | {"$defs": {"X": {"type": "object"}}}, r"'\$defs', 'X'"),
]


@pytest.mark.parametrize(("schema", "problem"), LOOSE)
async def test_a_schema_that_is_not_strict_is_refused(
    client: AsyncOpenAI, schema: dict[str, object], problem: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=problem) as caught:
        await client.responses.create(model=MODEL, input="hola", text=strict(schema))
    assert caught.value.code == "invalid_json_schema"


def test_the_products_schema_is_strict() -> None:
    assert list(violations(Schema.model_validate(Answer.model_json_schema()))) == []


async def test_embeddings_are_near_for_like_texts(client: AsyncOpenAI) -> None:
    texts = ["¿Cuánto cuesta el curso de ventas?", "cuanto cuesta el curso de ventas", "Abrimos los lunes"]
    answer = await client.embeddings.create(model="text-embedding-3-small", input=texts)
    one, two, three = (item.embedding for item in answer.data)
    assert len(one) == 1536
    assert math.isclose(math.hypot(*one), 1, abs_tol=1e-5)
    assert dot(one, two) > 0.95
    assert dot(one, three) < 0.5


def dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_embeddings_as_base64_are_little_endian_floats(http: httpx2.AsyncClient) -> None:
    async def embedding(encoding: str) -> JsonValue:
        body = {"model": "text-embedding-3-small", "input": "hola", "dimensions": 64, "encoding_format": encoding}
        response = await http.post("/v1/embeddings", json=body, headers={"authorization": "Bearer k"})
        return response.json()["data"][0]["embedding"]

    plain, packed = await embedding("float"), await embedding("base64")
    assert isinstance(packed, str)
    assert list(struct.unpack("<64f", base64.b64decode(packed))) == pytest.approx(plain)


async def test_moderation(client: AsyncOpenAI) -> None:
    answer = await client.moderations.create(model="omni-moderation-latest", input=["hola", "¡Te voy a MATAR!"])
    assert [result.flagged for result in answer.results] == [False, True]
    assert answer.results[1].categories.violence


async def test_transcription(client: AsyncOpenAI) -> None:
    async def heard(data: bytes) -> str:
        answer = await client.audio.transcriptions.create(
            model="gpt-transcribe", file=("voice.ogg", data, "audio/ogg"), language="es", response_format="json"
        )
        return answer.text

    assert await heard("¿Cuánto cuesta?\r\n".encode()) == "¿Cuánto cuesta?"
    assert "precio" in await heard(b"OggS\x00\x02\xff\r\n--not the boundary\r\n\xfe")


async def test_models_tell_when_they_stop(client: AsyncOpenAI) -> None:
    stops = {model.id: model.shutdown_date async for model in client.models.list()}
    assert stops[MODEL] is None
    assert stops["gpt-4o-mini"] == "2027-01-14"
