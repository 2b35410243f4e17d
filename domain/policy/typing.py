"""How long a bubble takes to type."""

from domain.company import Pacing


def pause(text: str, pacing: Pacing, elapsed: float) -> float:
    """Seconds still to wait before this bubble may go out, `elapsed` seconds after its thinking or typing began."""
    needed = min(len(text) * pacing.typing_ms_per_character / 1000, pacing.typing_max_seconds)
    return max(0.0, needed - elapsed)
