"""What WhatsApp's webhook delivers, handed to whom it concerns."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence

import structlog

from activities.identities import Identities
from activities.unreadable import UnreadableUpdate, UnreadableUpdates
from api.gateway import Gateway
from channels.webhook import (
    MAX_RAW,
    BubbleStatus,
    CustomerMessage,
    ForAgent,
    HumanEcho,
    PreferenceChange,
    Unreadable,
    Update,
    Updates,
)
from connections import Connections
from domain.delivery import DeliveryState, Undelivered
from domain.errors import PerennialError, Unavailable
from domain.identity import CompanyId, Phone
from domain.work import AgentRef, Alert

AT_ONCE = 16
"""Agents and bubbles of one POST that are dealt with at the same time."""

_log = structlog.get_logger(__name__)


class Inbox:
    """Takes a whole webhook POST, or says that it must come again."""

    def __init__(self, gateway: Gateway, connections: Connections) -> None:
        self._gateway = gateway
        self._companies = connections.companies
        self._directory = connections.directory
        self._ledger = connections.ledger
        self._identities = Identities(connections.postgres)
        self._unreadable = UnreadableUpdates(connections.postgres)

    async def take(self, updates: Updates) -> None:
        """Every message to its agent, every status to the ledger, the rest where a person finds it.

        Raises `Unavailable` where anything could not be handed over. The provider then sends all of it again, which
        changes nothing for what was taken.
        """
        owners = await self._owners(updates)
        known = [update for update in updates if _owner(update, owners)]
        statuses = [update for update in known if isinstance(update, BubbleStatus)]
        await self._all(
            [
                *(self._tell(company, told) for company, told in _by_company(known, owners).items()),
                *(self._note(owners[status.phone_number_id], status) for status in statuses),
            ]
        )
        # Last: they have no id by which a second delivery of the same POST would be known.
        unusable = [_unusable(update) for update in updates if not _owner(update, owners)]
        if unusable:
            await self._unreadable.keep(unusable)
            _log.warning("unreadable_updates", count=len(unusable), why=sorted({each.why for each in unusable}))

    async def _owners(self, updates: Updates) -> dict[str, CompanyId]:
        numbers = {update.phone_number_id for update in updates if not isinstance(update, Unreadable)}
        owners = {number: await self._companies.of_number(number) for number in numbers}
        return {number: company for number, company in owners.items() if company}

    async def _tell(self, company: CompanyId, updates: Sequence[ForAgent]) -> None:
        """Each agent of a company what it is to know, in the order in which it came."""
        people = await self._identities.whose(company, [update.customer for update in updates])
        of_agent: dict[Phone, list[ForAgent]] = {}
        for update in updates:
            of_agent.setdefault(people[update.customer].agent, []).append(update)
        for whose in set(people.values()):
            for other in whose.others:
                await self._two_agents(AgentRef(company=company, phone=whose.agent), other)
        await self._all([self._signal(company, phone, told) for phone, told in of_agent.items()])

    async def _two_agents(self, agent: AgentRef, other: Phone) -> None:
        detail = f"{agent.phone} and {other} are one person by WhatsApp's word, and each has an agent"
        await self._directory.raise_alert(
            Alert(agent=agent, key=f"two_agents.{other}", kind="two_agents", detail=detail)
        )

    async def _signal(self, company: CompanyId, phone: Phone, updates: Sequence[ForAgent]) -> None:
        for update in updates:
            match update:
                case CustomerMessage(message=message):
                    await self._gateway.receive(company, phone, message)
                case HumanEcho(message=echo):
                    await self._gateway.echo(company, phone, echo)
                case PreferenceChange(message=preference):
                    await self._gateway.prefer(company, phone, preference)

    async def _note(self, company: CompanyId, status: BubbleStatus) -> None:
        noted = await self._ledger.note_status(
            company,
            send_id=status.bubble,
            provider_id=status.provider_id,
            state=status.state,
            at=status.at,
            failure=status.failure,
            detail=status.detail,
            pricing=status.pricing,
        )
        # However often it is told: the agent knows it again, and a try that failed here comes back with the webhook.
        if noted and status.failure and noted[1].state is DeliveryState.FAILED:
            agent, delivery = noted
            undelivered = Undelivered(bubble=delivery.bubble, kind=status.failure, detail=status.detail or "")
            await self._gateway.undelivered(agent, undelivered)

    async def _all(self, tasks: Sequence[Awaitable[None]]) -> None:
        """One failure does not stop the others: whatever can be taken now need not come again."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def bounded(task: Awaitable[None]) -> None:
            async with slots:
                await task

        outcomes = await asyncio.gather(*map(bounded, tasks), return_exceptions=True)
        failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        if failures:
            kinds = sorted({type(failure).__name__ for failure in failures})
            _log.error("webhook_incomplete", failed=len(failures), of=len(outcomes), kinds=kinds)
            unexpected = [failure for failure in failures if not isinstance(failure, PerennialError)]
            raise Unavailable("not everything could be handed over; send it again") from (unexpected or failures)[0]


def _owner(update: Update, owners: dict[str, CompanyId]) -> CompanyId | None:
    return None if isinstance(update, Unreadable) else owners.get(update.phone_number_id)


def _by_company(updates: Iterable[Update], owners: dict[str, CompanyId]) -> dict[CompanyId, list[ForAgent]]:
    """What each company's agents are to be told, in the order in which it came."""
    grouped: dict[CompanyId, list[ForAgent]] = {}
    for update in updates:
        if isinstance(update, ForAgent):
            grouped.setdefault(owners[update.phone_number_id], []).append(update)
    return grouped


def _unusable(update: Update) -> UnreadableUpdate:
    if isinstance(update, Unreadable):
        return UnreadableUpdate(update.phone_number_id, update.why, update.raw)
    return UnreadableUpdate(update.phone_number_id, "a number of no company", update.model_dump_json()[:MAX_RAW])
