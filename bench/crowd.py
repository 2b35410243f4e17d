"""Customers who write and wait for their answer, and the account of who got what.

A customer writes only when the last message was answered, so that each message is a turn of its own (two in a row would
rightly get one answer), and answers can be told apart by whom they went to.
"""

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bench.ear import Ear
from bench.poster import Posted

REDELIVERIES = 6
_FIRST_PAUSE = 0.5


@dataclass
class Message:
    """One message on its way: times are monotonic seconds, 0 stands for not yet."""

    customer: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex.upper())
    began: float = 0.0
    accepted: float = 0.0
    answered: float = 0.0
    refusals: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def latency(self) -> float:
        """Milliseconds from the webhook's first byte to WhatsApp holding the answer."""
        return (self.answered - self.began) * 1000

    @property
    def webhook(self) -> float:
        """Milliseconds that the webhook took to answer, where it said yes at the first try."""
        return (self.accepted - self.began) * 1000


Post = Callable[[Message], Awaitable[Posted]]
"""Hands over a message; made by the door that is measured. The same message may be handed over again."""


class Crowd:
    """Customers of one door. `faults` collects every answer that should not be, or is missing."""

    def __init__(self, customers: Sequence[str], post: Post, ear: Ear, *, seed: int = 1) -> None:
        self._idle = list(customers)
        self._post = post
        self._ear = ear
        self._waiting: dict[str, Message] = {}
        self._bubbles: set[str] = set()
        self._random = random.Random(seed)
        self.faults: list[str] = []

    @property
    def waiting(self) -> int:
        """Messages that nobody has answered yet."""
        return len(self._waiting)

    def idle(self) -> list[str]:
        """Takes all customers who wait for nothing, to let them write in order; each comes back when answered."""
        idle, self._idle = self._idle, []
        return idle

    def attend(self) -> None:
        """From now on hears the answers; the crowd that attended before does not."""
        self._ear.listen(self._heard)

    def add(self, customers: Sequence[str]) -> None:
        """Lets more customers in."""
        self._idle.extend(customers)

    async def write(self) -> Message | None:
        """One idle customer, taken at random, writes; returns once the message is answered. None if all are waiting."""
        if not self._idle:
            return None
        place = self._random.randrange(len(self._idle))
        self._idle[place], self._idle[-1] = self._idle[-1], self._idle[place]
        return await self.say(self._idle.pop())

    async def say(self, customer: str) -> Message:
        """This customer writes; returns once the message is answered."""
        message = self._waiting[customer] = Message(customer, began=time.monotonic())
        await self._hand_over(message)
        await message.done.wait()
        if message.answered:  # one given up on writes no more: a late answer must not pass for that of a newer message
            self._idle.append(customer)
        return message

    def abandon(self) -> None:
        """Gives up on what is still unanswered: each is a fault."""
        self.faults += [f"{customer}: not answered in time" for customer in self._waiting]
        for message in list(self._waiting.values()):
            message.done.set()
        self._waiting.clear()

    async def _hand_over(self, message: Message) -> None:
        """As WhatsApp does it: the same message again, with growing pauses, until the webhook answers 200."""
        pause = _FIRST_PAUSE
        for _ in range(1 + REDELIVERIES):
            posted = await self._post(message)
            if not message.refusals:
                message.began = posted.began
            if posted.status == 200:
                message.accepted = posted.ended
                return
            message.refusals += 1
            await asyncio.sleep(pause)
            pause *= 2
        self.faults.append(f"{message.customer}: the webhook refused a message to the end")

    def _heard(self, who: str, at: float) -> None:
        customer, _, bubble = who.partition(" ")
        if bubble in self._bubbles:
            self.faults.append(f"{customer}: bubble {bubble} was sent twice")
            return
        self._bubbles.add(bubble)
        message = self._waiting.pop(customer, None)
        if message is None:
            self.faults.append(f"{customer}: bubble {bubble} answers nothing")
            return
        message.answered = at
        message.done.set()
