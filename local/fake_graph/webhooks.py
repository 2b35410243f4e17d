"""Delivery of webhooks: signed, and again until the business answers 200.

Source: Meta, "WhatsApp Cloud API: Webhooks" (retries). The delays grow like Meta's and are far shorter.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

from local.fake_graph.journal import Journal
from local.fake_graph.payloads import sign
from local.fake_graph.settings import Settings


@dataclass(frozen=True)
class Delivered:
    """How a delivery ended: the last HTTP status (None: no answer), after so many attempts."""

    status: int | None
    attempts: int


class Webhooks:
    """Posts to the business's webhook."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient, journal: Journal) -> None:
        self._settings = settings
        self._http = http
        self._journal = journal
        self._pending: set[asyncio.Task[None]] = set()

    @property
    def pending(self) -> int:
        """How many messages have status webhooks yet to be delivered."""
        return len(self._pending)

    async def deliver(self, raw: bytes, *, what: str, redeliver: bool, signature: str | None = None) -> Delivered:
        """Delivers these bytes, with `redeliver` until they are answered 200 or `retry_for` has passed."""
        delay, until, attempts = self._settings.first_retry, time.monotonic() + self._settings.retry_for, 0
        while True:
            attempts += 1
            status = await self._post(raw, signature or sign(self._settings.app_secret, raw))
            self._journal.write("webhook", what=what, http=status, attempt=attempts)
            if status == 200 or not redeliver or time.monotonic() + delay > until:
                return Delivered(status, attempts)
            await asyncio.sleep(delay)
            delay = min(2 * delay, self._settings.longest_retry)

    def later(self, deliveries: Sequence[tuple[str, bytes]]) -> None:
        """Delivers (what, bytes) one after the other in the background, each until it is answered 200."""
        task = asyncio.create_task(self._all(deliveries))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def idle(self) -> None:
        """Returns once nothing is left to deliver."""
        while self._pending:
            await asyncio.wait(self._pending)

    async def cancel(self) -> None:
        """Gives up what is left to deliver."""
        for task in self._pending:
            task.cancel()
        await self.idle()

    async def _all(self, deliveries: Sequence[tuple[str, bytes]]) -> None:
        for what, raw in deliveries:
            await self.deliver(raw, what=what, redeliver=True)

    async def _post(self, raw: bytes, signature: str) -> int | None:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        timeout = self._settings.webhook_timeout
        try:
            answer = await self._http.post(self._settings.webhook_url, content=raw, headers=headers, timeout=timeout)
        except httpx2.HTTPError:
            return None
        return answer.status_code
