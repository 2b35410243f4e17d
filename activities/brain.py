"""Thinks with OpenAI's Responses API: prompt in, typed answer out, every call in the ledger."""

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import genai_prices
from openai import APIConnectionError, APIStatusError, AsyncOpenAI
from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.companies import Business, Companies
from activities.heartbeat import heartbeating
from activities.ledger import Ledger, ModelCall
from activities.llm_errors import as_application_error
from activities.memory import Memory
from activities.model_response import ModelResponse, Usage
from activities.prompt import PROMPT_VERSION, Prompt, render
from domain.decision import Answer, HandOff, Reply, StaySilent
from domain.messages import fingerprint
from domain.policy.grounding import violations
from domain.work import ThinkRequest, Thought
from workflows import interfaces

MAX_OUTPUT_TOKENS = 1_500


@dataclass(frozen=True)
class Model:
    """Which model thinks, and whether it is the simulated one (whose tokens cost nothing)."""

    name: str
    simulated: bool


class Brain(interfaces.Brain):
    """One model call per thought; a thought that was paid for is kept."""

    def __init__(self, client: AsyncOpenAI, model: Model, companies: Companies, memory: Memory, ledger: Ledger) -> None:
        self._client = client
        self._model = model
        self._companies = companies
        self._memory = memory
        self._ledger = ledger

    @activity.defn
    async def decide(self, request: ThinkRequest) -> Thought:
        """The thought of this turn and attempt: the stored one if there is one, else a new one.

        Raises `ApplicationError` as `llm_errors` maps them; the call's tokens are in the ledger by then.
        """
        business = await self._companies.business(request.agent.company)
        if kept := await self._kept(request):
            return _thought(Answer.model_validate(kept["answer"]), business)
        prompt = render(business, await self._memory.document(request.agent), request)
        async with heartbeating():
            answer = await self._ask(prompt, request, business)
        thought = _thought(answer, business)
        stored = {
            "answer": answer.model_dump(mode="json"),
            "model": self._name(business),
            "prompt": PROMPT_VERSION,
            "violations": thought.violations,
        }
        await self._memory.keep_thought(request.agent, request.turn, request.attempt, stored)
        return thought

    async def _kept(self, request: ThinkRequest) -> dict[str, Any] | None:
        if activity.info().attempt == 1:
            return None
        return await self._memory.thought(request.agent, request.turn, request.attempt)

    async def _ask(self, prompt: Prompt, request: ThinkRequest, business: Business) -> Answer:
        began = time.perf_counter()
        try:
            raw = await self._client.responses.with_raw_response.create(
                model=self._name(business),
                instructions=prompt.instructions,
                reasoning={"effort": "none"},
                max_output_tokens=MAX_OUTPUT_TOKENS,
                store=False,
                prompt_cache_key=f"{request.agent.company}.{PROMPT_VERSION}",
                safety_identifier=fingerprint(f"{request.agent.company}/{request.agent.phone}"),
                # As they are: what the client is given by name it walks through, schema and talk included, to translate
                # aliases that we do not use. That took a quarter of a busy worker's time.
                extra_body={"input": prompt.items, "text": {"format": _FORMAT}},
            )
        except (APIStatusError, APIConnectionError) as error:
            raise as_application_error(error) from error
        milliseconds = round((time.perf_counter() - began) * 1000)
        response = ModelResponse.model_validate_json(raw.content)
        await self._count(request, business, response, request_id=raw.request_id, milliseconds=milliseconds)
        return _parse(response)

    async def _count(
        self,
        request: ThinkRequest,
        business: Business,
        response: ModelResponse,
        *,
        request_id: str | None,
        milliseconds: int,
    ) -> None:
        usage = response.usage or Usage()
        cached, spent, written = usage.input_tokens_details.cached_tokens, usage.input_tokens, usage.output_tokens
        call = ModelCall(
            turn=request.turn,
            purpose="answer",
            model=response.model,
            request_id=request_id,
            input_tokens=spent,
            cached_tokens=cached,
            output_tokens=written,
            price_usd=Decimal(0) if self._model.simulated else price(self._name(business), spent, cached, written),
            simulated=self._model.simulated,
            milliseconds=milliseconds,
        )
        await self._ledger.record_call(request.agent, call)

    def _name(self, business: Business) -> str:
        return business.company.model or self._model.name


def price(model: str, spent: int, cached: int, written: int) -> Decimal | None:
    """US dollars of a call, from `genai-prices`; None for a model it does not know."""
    usage = genai_prices.Usage(input_tokens=spent, cache_read_tokens=cached, output_tokens=written)
    try:
        return genai_prices.calc_price(usage, model, provider_id="openai").total_price
    except LookupError:
        return None


_FORMAT: Any = {"type": "json_schema", "name": "answer", "strict": True, "schema": Answer.model_json_schema()}


def _parse(response: ModelResponse) -> Answer:
    if response.refused:
        raise ApplicationError("the model refused to answer", type="LLMRefused", non_retryable=True)
    if response.status == "incomplete":
        reason = response.incomplete_details.reason if response.incomplete_details else "unknown"
        raise ApplicationError(f"the answer is incomplete: {reason}", type="LLMIncomplete", non_retryable=True)
    try:
        return Answer.model_validate_json(response.text)
    except ValidationError as error:
        # The text itself stays out of the failure: failures are in the history.
        fields = ", ".join(sorted({".".join(map(str, each["loc"])) for each in error.errors()})) or "not JSON"
        raise ApplicationError(f"the answer does not fit the schema: {fields[:200]}", type="LLMBadOutput") from None


def _thought(answer: Answer, business: Business) -> Thought:
    company = business.company
    match answer.decision:
        case Reply(bubbles=bubbles) | HandOff(bubbles=bubbles):
            faults = violations(bubbles, company, business.products)
        case StaySilent():
            faults = []
    return Thought(
        decision=answer.decision,
        violations=faults,
        brief=business.brief,
    )
