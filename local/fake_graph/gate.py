"""A gate that holds chosen sends until it is opened: time in a test is held, never slept."""

import asyncio
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Where = Literal["before", "after"]


class Hold(BaseModel):
    """Which sends to hold, counted from now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nth: int = Field(default=1, ge=1, description="The first send to hold: 1 is the next one.")
    count: int = Field(default=1, ge=1, description="How many sends to hold.")
    where: Where = Field(
        default="before", description="Hold before the message is accepted, or after it but before the answer."
    )


class Gate:
    """Counts sends and holds those it was told to."""

    def __init__(self) -> None:
        self.held = 0
        """Sends that are waiting at this moment."""
        self._hold: Hold | None = None
        self._passed = 0
        self._open = asyncio.Event()
        self._changed = asyncio.Condition()

    def close(self, hold: Hold) -> None:
        """Holds these sends from now on, instead of those it was told to hold before."""
        self.release()
        self._hold, self._passed, self._open = hold, 0, asyncio.Event()

    def release(self) -> int:
        """Lets all that wait go on and holds nothing any more; returns how many waited."""
        waited = self.held
        self._hold = None
        self._open.set()
        return waited

    def arrives(self) -> Where | None:
        """Counts one more send; where it is to be held, if at all."""
        self._passed += 1
        hold = self._hold
        return hold.where if hold and hold.nth <= self._passed < hold.nth + hold.count else None

    async def wait(self) -> None:
        """Waits until the gate is opened."""
        await self._count(1)
        try:
            await self._open.wait()
        finally:
            await self._count(-1)

    async def until_held(self, count: int) -> None:
        """Returns once so many sends wait at the gate."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.held >= count)

    async def _count(self, change: int) -> None:
        async with self._changed:
            self.held += change
            self._changed.notify_all()
