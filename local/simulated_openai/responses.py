"""`POST /v1/responses`: refuse, hold, think, and answer in the shape of the Responses API."""

import asyncio
import json
import time
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.simulated_openai.asking import Asked, read
from local.simulated_openai.brain.answering import answer
from local.simulated_openai.brain.reading import Prompt, read_prompt
from local.simulated_openai.control import Call, Control
from local.simulated_openai.errors import ClientGoneError
from local.simulated_openai.outcomes import Failure, Outcome, failure_response
from local.simulated_openai.schema import Schema, fit
from local.simulated_openai.usage import CHARACTERS_PER_TOKEN, PrefixCache, Usage, tokens

_OURS = {"decision", "intent", "sentiment", "learnt"}


@dataclass(frozen=True)
class _Output:
    text: str
    refusal: bool = False
    incomplete: str | None = None


class Responses:
    """The endpoint over one `Control`."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._cache = PrefixCache()

    async def create(self, request: Request, call: Call) -> Response:
        """Answer one call. Raises ApiError for a refusal, ClientGoneError when the client hangs up first."""
        asked = read(await request.body())
        outcome = self._control.next_outcome(call)
        await _unless_gone(request, self._think(call, outcome))
        if outcome is not None and outcome.fail is not None:
            return failure_response(outcome, outcome.fail)
        return JSONResponse(self._body(asked, _limited(_output(asked, outcome), asked.max_output_tokens)))

    async def _think(self, call: Call, outcome: Outcome | None) -> None:
        await self._control.pass_gates(call)
        await asyncio.sleep(self._control.latency)
        if outcome is not None and outcome.fail is Failure.HANG:
            await self._control.hang()

    def _body(self, asked: Asked, output: _Output) -> dict[str, JsonValue]:
        prompt = asked.prompt_text()
        cached, written = self._cache.look_up(asked.model, prompt)
        usage = Usage(tokens(prompt), cached, written, tokens(output.text))
        status = "incomplete" if output.incomplete else "completed"
        return {
            "id": f"resp_{uuid.uuid4().hex}",
            "object": "response",
            "created_at": int(time.time()),
            "status": status,
            "error": None,
            "incomplete_details": {"reason": output.incomplete} if output.incomplete else None,
            "model": asked.model,
            "output": [_message(output, status)],
            "usage": usage.body(),
            "service_tier": "default" if asked.service_tier in (None, "auto") else asked.service_tier,
            **_echoed(asked),
        }


def _echoed(asked: Asked) -> dict[str, JsonValue]:
    return {
        "instructions": asked.instructions,
        "max_output_tokens": asked.max_output_tokens,
        "metadata": dict(asked.metadata or {}),
        "parallel_tool_calls": asked.parallel_tool_calls,
        "previous_response_id": asked.previous_response_id,
        "prompt_cache_key": asked.prompt_cache_key,
        "reasoning": asked.reasoning.model_dump() if asked.reasoning else None,
        "safety_identifier": asked.safety_identifier,
        "store": asked.store,
        "temperature": asked.temperature,
        "text": asked.text.model_dump(by_alias=True, exclude_none=True) or {"format": {"type": "text"}},
        "tool_choice": asked.tool_choice,
        "tools": list[JsonValue](asked.tools),
        "top_p": asked.top_p,
        "truncation": asked.truncation or "disabled",
    }


def _message(output: _Output, status: str) -> JsonValue:
    said: JsonValue = {"type": "output_text", "text": output.text, "annotations": [], "logprobs": []}
    content: JsonValue = {"type": "refusal", "refusal": output.text} if output.refusal else said
    return {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [content],
    }


def _output(asked: Asked, outcome: Outcome | None) -> _Output:
    if outcome is None:
        return _Output(_thought(asked, None))
    if outcome.refusal is not None:
        return _Output(outcome.refusal, refusal=True)
    if outcome.raw_text is not None:
        return _Output(outcome.raw_text)
    if outcome.answer is not None:
        return _Output(json.dumps(outcome.answer, ensure_ascii=False))
    text = _thought(asked, outcome.reply)
    return _Output(text[: len(text) // 2], incomplete=outcome.incomplete) if outcome.incomplete else _Output(text)


def _limited(output: _Output, limit: int | None) -> _Output:
    if limit is None or output.incomplete or tokens(output.text) <= limit:
        return output
    return _Output(output.text[: limit * CHARACTERS_PER_TOKEN], incomplete="max_output_tokens")


def _thought(asked: Asked, scripted: list[str] | None) -> str:
    """The text of the answer: the brain's or the scripted bubbles, in the schema that was asked for."""
    schema = asked.schema_asked()
    if schema is not None and schema.properties.keys() >= _OURS:
        return _as_json(answer(_prompt(asked), scripted), schema)
    if schema is not None:
        return _as_json({"bubbles": list[JsonValue](scripted)} if scripted else None, schema)
    if asked.text.format is not None and asked.text.format.type == "json_object":
        return json.dumps({"bubbles": scripted or []}, ensure_ascii=False)
    return "\n".join(_bubbles(answer(_prompt(asked), scripted)))


def _as_json(value: JsonValue, schema: Schema) -> str:
    return json.dumps(fit(value, schema, schema), ensure_ascii=False)


def _bubbles(answered: dict[str, JsonValue]) -> list[str]:
    decision = answered["decision"]
    bubbles = decision.get("bubbles") if isinstance(decision, dict) else None
    return [bubble for bubble in bubbles if isinstance(bubble, str)] if isinstance(bubbles, list) else []


def _prompt(asked: Asked) -> Prompt:
    said = [(item.role or "", item.text()) for item in asked.items()]
    return read_prompt(asked.instructions or "", said)


async def _unless_gone(request: Request, thinking: Coroutine[None, None, None]) -> None:
    think = asyncio.create_task(thinking)
    gone = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({think, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not think.done():
            raise ClientGoneError
        think.result()
    finally:
        think.cancel()
        gone.cancel()


async def _disconnected(request: Request) -> None:
    message = await request.receive()
    while message["type"] != "http.disconnect":
        message = await request.receive()
