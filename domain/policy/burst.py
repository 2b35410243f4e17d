"""When a burst of bubbles is over, so that it gets one answer."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.company import Pacing
from domain.messages import Received

_GREETING = re.compile(
    r"(hola+|holi|buen[oa]s?( (d[ií]as?|tardes?|noches?))?|qu[eé] tal|hey+|hi+|hello|good (morning|afternoon|evening)"
    r"|oi+|ol[aá]|bom dia|boa (tarde|noite))[\s!.,¡]*",
    re.IGNORECASE,
)
_DECORATION = re.compile(r"[^\w?.!؟\]]+$")
"""An emoji or a bracket behind the last word; with it the mark that ends a thought is still the last one."""
_WORDS_OF_A_SENTENCE = 6


def wait_after(text: str, pacing: Pacing) -> float:
    """Seconds of silence to wait for after this message before answering.

    A question mark ends a thought; a greeting, a fragment or something that is not text is usually followed by more;
    a long sentence without a full stop lies between.
    """
    stripped = _DECORATION.sub("", text.strip())
    if stripped.endswith(("?", "؟")):
        return pacing.burst_complete_seconds
    if not stripped or stripped.startswith("[") or _GREETING.fullmatch(stripped):
        return pacing.burst_fragment_seconds
    words = len(stripped.split())
    if stripped.endswith((".", "!")) and words > 2:
        return pacing.burst_complete_seconds
    if words >= _WORDS_OF_A_SENTENCE:
        return (pacing.burst_complete_seconds + pacing.burst_fragment_seconds) / 2
    return pacing.burst_fragment_seconds


def settles_at(burst: Sequence[Received], pacing: Pacing) -> datetime:
    """When the burst counts as over if nothing more arrives: the pause after its last message, but never later than
    `burst_max_seconds` after its first. `burst` holds at least one message."""
    last = max(burst, key=lambda received: received.sequence)
    first = min(received.received_at for received in burst)
    settled = last.received_at + timedelta(seconds=wait_after(last.message.text, pacing))
    return min(settled, first + timedelta(seconds=pacing.burst_max_seconds))
