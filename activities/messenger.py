"""Sends bubbles: reserve, send, settle."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.companies import Companies
from activities.heartbeat import heartbeating
from activities.ledger import Ledger
from channels.base import Account, Channel, OutboundText, SendRefused
from domain.company import ChannelKind
from domain.delivery import Delivery, DeliveryState, FailureKind
from domain.identity import CompanyId
from domain.work import Bubble, BubbleRef, Done, SeenCue
from workflows import interfaces

AGAIN_LATER = frozenset({FailureKind.RETRY, FailureKind.PAIR_LIMIT, FailureKind.THROUGHPUT})
"""Refusals that prove that nothing was sent, and that time heals."""


class Messenger(interfaces.Messenger):
    """Every channel behind one ledger."""

    def __init__(self, channels: Mapping[ChannelKind, Channel], companies: Companies, ledger: Ledger) -> None:
        self._channels = channels
        self._companies = companies
        self._ledger = ledger

    @activity.defn
    async def show_seen(self, cue: SeenCue) -> Done:
        """Best effort: a refusal is of no consequence."""
        channel, account = await self._channel(cue.agent.company)
        try:
            await channel.seen(account, cue.agent.phone, cue.message_id, typing=cue.typing)
        except SendRefused as refusal:
            activity.logger.info("read receipt refused: %s", refusal.kind)
        return Done()

    @activity.defn
    async def send(self, bubble: Bubble) -> Delivery:
        """Sends one bubble once. What is already in the ledger is returned and not sent again.

        Raises `ApplicationError` of type "SendLater" where a retry is safe and useful; a refusal for good is returned.
        """
        channel, account = await self._channel(bubble.agent.company)
        known = await self._ledger.reserve(bubble)
        if known is not None:
            return known
        if bubble.window_until and datetime.now(UTC) >= bubble.window_until:
            return await self._refused(bubble, SendRefused(FailureKind.WINDOW_CLOSED, "the 24-hour window is shut"))
        message = OutboundText(id=bubble.id, to=bubble.agent.phone, text=bubble.text)
        try:
            async with heartbeating():
                provider_id = await channel.send(account, message)
        except SendRefused as refusal:
            return await self._refused(bubble, refusal)
        return await self._settle(bubble, DeliveryState.SENT, provider_id=provider_id)

    @activity.defn
    async def reconcile(self, bubble: BubbleRef) -> Delivery:
        """The ledger's word: the provider's statuses are written there as they come."""
        return await self._ledger.look_up(bubble.agent.company, bubble.id)

    async def _refused(self, bubble: Bubble, refusal: SendRefused) -> Delivery:
        if refusal.kind is FailureKind.UNKNOWN:
            return await self._ledger.look_up(bubble.agent.company, bubble.id)
        if refusal.kind in AGAIN_LATER:
            await self._settle(bubble, DeliveryState.RELEASED, refusal=refusal)
            delay = timedelta(seconds=refusal.retry_after) if refusal.retry_after else None
            raise ApplicationError(str(refusal), type="SendLater", next_retry_delay=delay) from refusal
        return await self._settle(bubble, DeliveryState.FAILED, refusal=refusal)

    async def _settle(
        self,
        bubble: Bubble,
        state: DeliveryState,
        *,
        provider_id: str | None = None,
        refusal: SendRefused | None = None,
    ) -> Delivery:
        return await self._ledger.settle(
            bubble.agent.company,
            bubble.id,
            state,
            provider_id=provider_id,
            failure=refusal.kind if refusal else None,
            detail=refusal.detail if refusal else None,
        )

    async def _channel(self, company: CompanyId) -> tuple[Channel, Account]:
        kind, account = await self._companies.account(company)
        return self._channels[kind], account
