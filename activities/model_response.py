"""What we read of a Responses API answer. The client's own classes hold far more, and building them is half its cost.

Source: OpenAI's API reference, "The response object".
"""

from pydantic import BaseModel


class _Details(BaseModel):
    cached_tokens: int = 0


class Usage(BaseModel):
    """Tokens, as they are billed."""

    input_tokens: int = 0
    input_tokens_details: _Details = _Details()
    output_tokens: int = 0


class _Part(BaseModel):
    type: str
    text: str = ""


class _Item(BaseModel):
    type: str
    content: list[_Part] = []


class _Incomplete(BaseModel):
    reason: str = "unknown"


class ModelResponse(BaseModel):
    """One answer of the model."""

    model: str
    status: str
    incomplete_details: _Incomplete | None = None
    output: list[_Item] = []
    usage: Usage | None = None

    @property
    def _parts(self) -> list[_Part]:
        return [part for item in self.output if item.type == "message" for part in item.content]

    @property
    def refused(self) -> bool:
        """Whether the model declined to answer."""
        return any(part.type == "refusal" for part in self._parts)

    @property
    def text(self) -> str:
        """All text of the answer."""
        return "".join(part.text for part in self._parts if part.type == "output_text")
