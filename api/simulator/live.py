"""Wakes the pages that look at a simulated phone when something happens on it, in whichever process."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress

import structlog

from activities.postgres import Postgres
from activities.screen import NOTIFICATIONS
from activities.store_errors import OUTAGES
from domain.identity import CompanyId, Phone

RETRY_AFTER = 2.0
"""Seconds until a lost connection to PostgreSQL is opened again."""

_log = structlog.get_logger(__name__)


class Live:
    """One listening connection per process, however many pages look."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._watching: dict[str, set[asyncio.Event]] = {}

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Listens in the background for as long as the block lasts."""
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @asynccontextmanager
    async def silent(self) -> AsyncGenerator[None]:
        """Does not listen: nobody can look."""
        yield

    @contextmanager
    def watch(self, company: CompanyId, phone: Phone) -> Generator[asyncio.Event]:
        """An event that is set whenever this phone shows something new; the watcher clears it."""
        key, event = f"{company}/{phone}", asyncio.Event()
        self._watching.setdefault(key, set()).add(event)
        try:
            yield event
        finally:
            self._watching[key].discard(event)
            if not self._watching[key]:
                del self._watching[key]

    async def _listen(self) -> None:
        while True:
            try:
                async with self._postgres.listening(NOTIFICATIONS, self._wake) as lost:
                    self._wake_all()  # something may have happened while nobody listened
                    await lost.wait()
            except OUTAGES as error:
                _log.warning("simulator_not_listening", kind=type(error).__name__)
            await asyncio.sleep(RETRY_AFTER)

    def _wake(self, key: str) -> None:
        for event in self._watching.get(key, ()):
            event.set()

    def _wake_all(self) -> None:
        for key in self._watching:
            self._wake(key)
