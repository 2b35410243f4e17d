"""The smaller endpoints: models, embeddings, moderations, transcriptions."""

import json
import uuid

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from local.simulated_openai.brain.words import fold
from local.simulated_openai.control import Call
from local.simulated_openai.errors import ApiError, from_validation
from local.simulated_openai.multipart import parts
from local.simulated_openai.usage import tokens
from local.simulated_openai.vectors import as_base64, dimensions_of, embed

MODELS: dict[str, str | None] = {
    "gpt-6-luna": None,
    "gpt-6.1-terra": None,
    "gpt-5-mini": "2026-12-11",
    "gpt-4.1-mini": "2027-01-14",
    "gpt-4o-mini": "2027-01-14",
    "gpt-transcribe": None,
    "omni-moderation-latest": None,
    "text-embedding-3-small": None,
    "text-embedding-3-large": None,
}
"""Model and the day it stops, as OpenAI's deprecations page tells (November 2026)."""

_FLAGS = {
    "violence": ("te voy a matar", "kill you", "i will kill"),
    "self-harm": ("suicid", "kill myself", "quitarme la vida"),
    "hate": ("raza inferior", "inferior race"),
    "harassment": ("eres un imbecil", "you are an idiot", "pedazo de idiota"),
}
"""Words that make the simulated moderation flag a text, accents and case aside."""

_CATEGORIES = (
    "harassment harassment/threatening hate hate/threatening illicit illicit/violent self-harm self-harm/instructions "
    "self-harm/intent sexual sexual/minors violence violence/graphic"
).split()

_HEARD = {"es": "Hola, quisiera saber el precio, por favor.", "en": "Hello, I would like to know the price, please."}
_BYTES_PER_SECOND = 2000  # WhatsApp's Opus voice notes run at about 16 kbit/s.
_MAX_AUDIO_BYTES = 25 * 1024 * 1024


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _EmbeddingAsked(_Asked):
    model: str
    input: str | list[str] | list[int] | list[list[int]]
    dimensions: int | None = Field(None, ge=1)
    encoding_format: str = "float"
    user: str | None = None


class _ModerationAsked(_Asked):
    input: str | list[str] | list[dict[str, JsonValue]]
    model: str = "omni-moderation-latest"


async def models(request: Request, call: Call) -> Response:
    """`GET /v1/models`, each with its `shutdown_date`."""
    data = [
        {"id": name, "object": "model", "created": 1_790_000_000, "owned_by": "openai", "shutdown_date": stops}
        for name, stops in MODELS.items()
    ]
    return JSONResponse({"object": "list", "data": data})


async def embeddings(request: Request, call: Call) -> Response:
    """`POST /v1/embeddings`: as lists of floats or, when asked, base64. Raises ApiError (400) for a bad body."""
    try:
        asked = _EmbeddingAsked.model_validate_json(await request.body())
    except ValidationError as error:
        raise from_validation(error) from error
    texts = _texts(asked.input)
    if not texts or not all(texts):
        raise ApiError(400, "Invalid 'input': input cannot be an empty string.", code="invalid_value", param="input")
    vectors = [embed(text, asked.dimensions or dimensions_of(asked.model)) for text in texts]
    data = [
        {"object": "embedding", "index": index, "embedding": as_base64(v) if asked.encoding_format == "base64" else v}
        for index, v in enumerate(vectors)
    ]
    count = sum(tokens(text) for text in texts)
    usage = {"prompt_tokens": count, "total_tokens": count}
    return JSONResponse({"object": "list", "data": data, "model": asked.model, "usage": usage})


def _texts(given: str | list[str] | list[int] | list[list[int]]) -> list[str]:
    if isinstance(given, str):
        return [given]
    if all(isinstance(element, int) for element in given):
        return [" ".join(map(str, given))] if given else []
    return [element if isinstance(element, str) else str(element) for element in given]


async def moderations(request: Request, call: Call) -> Response:
    """`POST /v1/moderations`: flags the few phrases of `_FLAGS`. Raises ApiError (400) for a bad body."""
    try:
        asked = _ModerationAsked.model_validate_json(await request.body())
    except ValidationError as error:
        raise from_validation(error) from error
    results = [_moderated(text) for text in _judged(asked.input)]
    return JSONResponse({"id": f"modr-{uuid.uuid4().hex}", "model": asked.model, "results": results})


def _judged(given: str | list[str] | list[dict[str, JsonValue]]) -> list[str]:
    """One text per result: each string of a list, but all the parts of a multi-modal input together."""
    if isinstance(given, str):
        return [given]
    strings = [element for element in given if isinstance(element, str)]
    return strings if len(strings) == len(given) else [json.dumps(given, ensure_ascii=False)]


def _moderated(text: str) -> dict[str, JsonValue]:
    folded = fold(text)
    hit = {name for name, phrases in _FLAGS.items() if any(phrase in folded for phrase in phrases)}
    return {
        "flagged": bool(hit),
        "categories": {name: name in hit for name in _CATEGORIES},
        "category_scores": {name: 0.98 if name in hit else 0.0001 for name in _CATEGORIES},
        "category_applied_input_types": {name: ["text"] for name in _CATEGORIES},
    }


async def transcriptions(request: Request, call: Call) -> Response:
    """`POST /v1/audio/transcriptions`: "hears" the file's bytes when they are UTF-8 text, else a stock phrase.

    A test therefore writes the words it wants into the file. Raises ApiError (400) without a file or a model, or
    for more than 25 MB.
    """
    form = {part.name: part for part in parts(request.headers.get("content-type", ""), await request.body())}
    for name in ("file", "model"):
        if name not in form:
            raise ApiError(400, f"Missing required parameter: '{name}'.", code="missing_required_parameter", param=name)
    audio = form["file"].data
    if not 0 < len(audio) <= _MAX_AUDIO_BYTES:
        raise ApiError(400, "Audio file is empty or larger than 25 MB.", code="invalid_value", param="file")
    plain = {name: part.data.decode("utf-8", "replace") for name, part in form.items() if part.filename is None}
    text = _hear(audio, plain.get("language", "es"))
    if plain.get("response_format") == "text":
        return PlainTextResponse(text)
    return JSONResponse({"text": text, "usage": {"type": "duration", "seconds": -(-len(audio) // _BYTES_PER_SECOND)}})


def _hear(audio: bytes, language: str) -> str:
    try:
        text = " ".join(audio.decode().split())
    except UnicodeDecodeError:
        text = ""
    return text if text and text.isprintable() else _HEARD.get(language[:2], _HEARD["es"])
