"""How a simulated OpenAI starts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What is fixed when the server starts; the latency can be changed later over `/_control`."""

    latency_seconds: float = 0.0
    """Seconds each `/v1/responses` call takes before its answer."""

    log_size: int = 1000
    """Calls kept in the request log; the oldest are forgotten."""
