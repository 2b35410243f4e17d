"""Meta's limits on what a business may send.

Source: Meta, "WhatsApp Cloud API: Messages" (customer service window) and "Throughput" (pair and number rate limits).
"""

import time
from collections import defaultdict, deque

from local.fake_graph import errors
from local.fake_graph.settings import Settings

WINDOW_SECONDS = 24 * 3600
PAIR_BURST = 45
PAIR_SECONDS = 6.0

Pair = tuple[str, str]
"""Phone number id and customer."""


class Limits:
    """The state behind window, pair limit and throughput."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last_inbound: dict[Pair, float] = {}
        self._pair_used: dict[Pair, tuple[float, float]] = {}
        self._recent: dict[str, deque[float]] = defaultdict(deque)

    def wrote(self, number: str, customer: str, at: float) -> None:
        """The customer wrote at `at` (unix seconds): the window is open until 24 h later."""
        key = (number, customer)
        self._last_inbound[key] = max(at, self._last_inbound.get(key, 0.0))

    def close_window(self, number: str, customer: str) -> None:
        """Forgets that this customer ever wrote."""
        self._last_inbound.pop((number, customer), None)

    def forget(self) -> None:
        """Forgets who wrote and what was sent."""
        self._last_inbound.clear()
        self._pair_used.clear()
        self._recent.clear()

    def check(self, number: str, customer: str) -> None:
        """Counts one send; raises `GraphError` where a limit forbids it."""
        pair, settings = (number, customer), self._settings
        if settings.window and time.time() - self._last_inbound.get(pair, 0.0) > WINDOW_SECONDS:
            raise errors.window_closed()
        if settings.throughput is not None and not self._under(number, settings.throughput):
            raise errors.throughput_reached()
        if settings.pair_limit and not self._pair_allows(pair):
            raise errors.pair_limited()

    def _under(self, number: str, per_second: int) -> bool:
        recent, now = self._recent[number], time.monotonic()
        while recent and now - recent[0] >= 1.0:
            recent.popleft()
        if len(recent) >= per_second:
            return False
        recent.append(now)
        return True

    def _pair_allows(self, pair: Pair) -> bool:
        now = time.monotonic()
        used, at = self._pair_used.get(pair, (0.0, now))
        used = max(0.0, used - (now - at) / PAIR_SECONDS)
        allowed = used + 1 <= PAIR_BURST
        self._pair_used[pair] = (used + 1 if allowed else used, now)
        return allowed
