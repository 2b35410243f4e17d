"""The channel is called only when a bubble may go out."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.messenger import Messenger
from channels.base import Account, OutboundText
from connections import Connections
from domain.company import ChannelKind
from domain.delivery import DeliveryState, FailureKind
from domain.identity import Phone
from domain.work import AgentRef, Bubble


class Recorder:
    """A channel that takes everything."""

    def __init__(self) -> None:
        self.sent: list[OutboundText] = []

    async def send(self, account: Account, message: OutboundText) -> str:
        self.sent.append(message)
        return f"wamid.{len(self.sent)}"

    async def seen(self, account: Account, to: Phone, message_id: str, *, typing: bool) -> None:
        raise AssertionError("not asked for")


@pytest.mark.parametrize(
    ("minutes", "state", "failure"),
    [
        (-1, DeliveryState.FAILED, FailureKind.WINDOW_CLOSED),
        (5, DeliveryState.SENT, None),
        (None, DeliveryState.SENT, None),
    ],
)
async def test_whatsapp_is_not_asked_once_the_window_is_shut(
    connections: Connections,
    agent: AgentRef,
    minutes: int | None,
    state: DeliveryState,
    failure: FailureKind | None,
) -> None:
    messenger = Messenger({ChannelKind.SIMULATOR: (channel := Recorder())}, connections.companies, connections.ledger)
    until = None if minutes is None else datetime.now(UTC) + timedelta(minutes=minutes)
    bubble = Bubble(agent=agent, id="b.1.1", turn=1, number=1, text="Hola", window_until=until)
    delivery = await messenger.send(bubble)
    assert (delivery.state, delivery.failure) == (state, failure)
    assert len(channel.sent) == (state is DeliveryState.SENT)
    assert await messenger.send(bubble) == delivery  # a retry finds it settled
