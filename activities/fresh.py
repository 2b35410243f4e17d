"""What every turn reads and hardly anybody changes, kept for a moment."""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from domain.identity import CompanyId

T = TypeVar("T")

FRESH_FOR = 2.0
"""Seconds for which a process may go on with what it read; a change is seen everywhere after that."""


class Fresh(Generic[T]):
    """One value for each company, read anew when it is older than `FRESH_FOR`. Failures are not kept."""

    def __init__(self) -> None:
        self._kept: dict[CompanyId, tuple[float, T]] = {}

    async def get(self, company: CompanyId, read: Callable[[CompanyId], Awaitable[T]]) -> T:
        """The value; raises what `read` raises."""
        kept = self._kept.get(company)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        value = await read(company)
        self._kept[company] = (time.monotonic() + FRESH_FOR, value)
        return value

    def forget(self, company: CompanyId) -> None:
        """The next `get` reads."""
        self._kept.pop(company, None)
