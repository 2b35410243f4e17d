"""The channel of the web page at /simulator, which plays a customer's phone."""

from typing import Literal, Protocol

from channels.base import Account, OutboundText
from domain.identity import CompanyId, Phone

EventKind = Literal["customer", "bubble", "typing", "seen"]


class Screen(Protocol):
    """What the simulated phones show, kept where every process can read it."""

    async def show(self, company: CompanyId, phone: Phone, kind: EventKind, message_id: str, text: str = "") -> None:
        """Adds one event; the same kind and message id once."""
        ...


class Simulator:
    """A phone that is always there: nothing is refused and nothing gets lost."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    async def send(self, account: Account, message: OutboundText) -> str:
        """Shows the bubble; the same id is shown once, so a repeated send is the same message."""
        await self._screen.show(account.company, message.to, "bubble", message.id, message.text)
        return f"simulated.{message.id}"

    async def seen(self, account: Account, to: Phone, message_id: str, *, typing: bool) -> None:
        """Shows the blue ticks and, with `typing`, the typing indicator."""
        await self._screen.show(account.company, to, "seen", message_id)
        if typing:
            await self._screen.show(account.company, to, "typing", message_id)
