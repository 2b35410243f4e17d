"""The body of `POST /v1/responses`, checked as OpenAI checks it (API reference, "Create a model response")."""

import json
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from local.simulated_openai.errors import ApiError, from_validation
from local.simulated_openai.schema import Schema, violations

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_PARTS = {"assistant": ("output_text", "refusal")}
_OTHER_PARTS = ("input_text", "input_image", "input_file")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Reasoning(_Part):
    """How hard to think."""

    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    summary: str | None = None
    generate_summary: str | None = None


class Format(_Part):
    """What the output text must be."""

    type: Literal["text", "json_object", "json_schema"]
    name: str | None = None
    description: str | None = None
    strict: bool | None = None
    json_schema: dict[str, JsonValue] | None = Field(None, alias="schema")


class TextOptions(_Part):
    """Options of the output text."""

    format: Format | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class Content(BaseModel):
    """A part of an item's content; only its texts are looked at."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str = ""


class Item(BaseModel):
    """One item of the input: a message, or something else with a `type` of its own."""

    model_config = ConfigDict(extra="allow")

    type: str = "message"
    role: Literal["user", "assistant", "system", "developer"] | None = None
    content: str | list[Content] = ""

    def text(self) -> str:
        """What it says; a picture or file is "[image]" or "[file]"."""
        if isinstance(self.content, str):
            return self.content
        return " ".join(part.text or f"[{part.type.removeprefix('input_')}]" for part in self.content)


class Asked(_Part):
    """A request for a response. Parameters the simulation does not act upon are accepted as they are."""

    model: str
    input: str | list[Item]
    instructions: str | None = None
    text: TextOptions = TextOptions()
    reasoning: Reasoning | None = None
    max_output_tokens: Annotated[int, Field(ge=16)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    tools: list[dict[str, JsonValue]] = Field(default_factory=list[dict[str, JsonValue]])
    tool_choice: JsonValue = "auto"
    parallel_tool_calls: bool | None = True
    store: bool | None = True
    stream: bool | None = None
    metadata: dict[str, str] | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority", "fast"] | None = None
    safety_identifier: Annotated[str, Field(max_length=128)] | None = None
    truncation: Literal["auto", "disabled"] | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: JsonValue = None
    prompt_cache_retention: JsonValue = None
    access_programs: JsonValue = None
    background: JsonValue = None
    background_options: JsonValue = None
    context_management: JsonValue = None
    conversation: JsonValue = None
    image: JsonValue = None
    include: list[str] | None = None
    max_tool_calls: int | None = None
    moderation: JsonValue = None
    previous_response_id: str | None = None
    prompt: JsonValue = None
    stream_options: JsonValue = None
    top_logprobs: int | None = None
    user: str | None = None

    def schema_asked(self) -> Schema | None:
        """The JSON schema of the output, if one was asked for."""
        form = self.text.format
        return Schema.model_validate(form.json_schema) if form and form.json_schema is not None else None

    def items(self) -> list[Item]:
        """The input as items; a plain string is one message of the user."""
        return [Item(role="user", content=self.input)] if isinstance(self.input, str) else self.input

    def prompt_text(self) -> str:
        """Everything the model reads, in the order in which its prefix is cached."""
        form = self.text.format
        head = [self.instructions or "", json.dumps(self.tools), json.dumps(form.json_schema if form else None)]
        return "\n".join([*head, *(f"{item.role}: {item.text()}" for item in self.items())])


def read(body: bytes) -> Asked:
    """The request in a body. Raises ApiError: 400 for what OpenAI refuses, 404 for a model called `gone-...`."""
    try:
        asked = Asked.model_validate_json(body)
    except ValidationError as error:
        raise from_validation(error) from error
    _check_model(asked)
    _check_items(asked)
    _check_format(asked)
    return asked


def _check_model(asked: Asked) -> None:
    if asked.model.startswith("gone-"):
        message = f"The model '{asked.model}' does not exist or you do not have access to it."
        raise ApiError(404, message, code="model_not_found", param="model")
    if asked.stream:
        raise ApiError(400, "The simulated server does not stream.", code="unsupported_value", param="stream")
    effort = asked.reasoning.effort if asked.reasoning else None
    for name, value in (("temperature", asked.temperature), ("top_p", asked.top_p)):
        if value is not None and asked.model.startswith("gpt-6") and effort != "none":
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            raise ApiError(400, message, code="unsupported_parameter", param=name)


def _check_items(asked: Asked) -> None:
    for index, item in enumerate(asked.items()):
        if item.type == "message" and item.role is None:
            param = f"input[{index}].role"
            raise ApiError(
                400, f"Missing required parameter: '{param}'.", code="missing_required_parameter", param=param
            )
        allowed = _PARTS.get(item.role or "", _OTHER_PARTS)
        for place, part in enumerate(item.content if isinstance(item.content, list) else []):
            if part.type not in allowed:
                param = f"input[{index}].content[{place}]"
                message = f"Invalid value: '{part.type}'. Supported values are: {', '.join(map(repr, allowed))}."
                raise ApiError(400, message, code="invalid_value", param=param)


def _check_format(asked: Asked) -> None:
    form = asked.text.format
    if form is None or form.type != "json_schema":
        return
    for name, value in (("name", form.name), ("schema", form.json_schema)):
        if value is None:
            param = f"text.format.{name}"
            raise ApiError(
                400, f"Missing required parameter: '{param}'.", code="missing_required_parameter", param=param
            )
    if not _NAME.fullmatch(form.name or ""):
        message = f"Invalid 'text.format.name': expected a string that matches '^{_NAME.pattern}$'."
        raise ApiError(400, message, code="invalid_value", param="text.format.name")
    _check_schema(asked, form)


def _check_schema(asked: Asked, form: Format) -> None:
    try:
        schema = asked.schema_asked()
    except ValidationError as error:
        raise _bad_schema(form, from_validation(error).error["message"] or "not a JSON schema") from error
    problem = next(violations(schema), None) if schema and form.strict else None
    if problem is not None:
        raise _bad_schema(form, problem)


def _bad_schema(form: Format, problem: str) -> ApiError:
    message = f"Invalid schema for response_format '{form.name}': {problem}"
    return ApiError(400, message, code="invalid_json_schema", param="text.format.schema")
