"""What the simulator page talks to. A development tool without sign-in: `api/main.py` serves it only where
PERENNIAL_SIMULATOR is on, which belongs on a developer's machine, behind the loopback address."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse, ServerSentEvent

from activities.screen import Chat, PostgresScreen, ScreenEvent
from activities.store_errors import OUTAGES
from api.bodies import MessageBody
from api.services import Services, Wired
from api.simulator.live import RETRY_AFTER, Live
from channels.webhook import caption
from domain.company import ChannelKind
from domain.errors import InvalidInput, Refused
from domain.identity import CompanyId, parse_company, parse_phone
from domain.work import AgentRef

LOOK_EVERY = 10.0
"""Seconds after which a phone is looked at even if no notification came."""

RECONNECT_MS = 1000

router = APIRouter(prefix="/simulator/api", include_in_schema=False)


class Playable(BaseModel):
    """A company in the picker."""

    id: CompanyId
    name: str
    simulated: bool = Field(description="Whether its channel is the simulator; others cannot be played with.")


class MessagePosted(MessageBody):
    """What the simulated customer sends."""

    company: str
    phone: str


class Accepted(BaseModel):
    """One grey tick."""

    id: str


async def _playable(services: Services, company: str, phone: str) -> AgentRef:
    """The agent that this phone talks to; raises `Refused` where the company's channel is a real one."""
    agent = AgentRef(company=parse_company(company), phone=parse_phone(phone))
    found = (await services.connections.companies.business(agent.company)).company
    if found.channel.kind is not ChannelKind.SIMULATOR:
        raise Refused(f"{found.name} is on {found.channel.kind}: its customers have real phones")
    return agent


async def _watched(
    services: Wired, company: Annotated[str, Query()], phone: Annotated[str, Query(max_length=200)]
) -> AgentRef:
    return await _playable(services, company, phone)


@router.get("/companies")
async def simulator_companies(services: Wired) -> list[Playable]:
    """Every company, and whether it can be played with."""
    companies = services.connections.companies
    names = await companies.all()
    found = await asyncio.gather(*(companies.business(company) for company, _ in names))
    return [
        Playable(id=company, name=name, simulated=business.company.channel.kind is ChannelKind.SIMULATOR)
        for (company, name), business in zip(names, found, strict=True)
    ]


@router.get("/customers")
async def simulator_customers(services: Wired, company: Annotated[str, Query()]) -> list[Chat]:
    """The phones that were played with this company, the latest first."""
    return await services.screen.chats(parse_company(company))


@router.post("/messages", status_code=HTTPStatus.ACCEPTED)
async def simulator_message(body: MessagePosted, services: Wired) -> Accepted:
    """The customer sends a message. The page repeats it with the same id until this answers."""
    agent = await _playable(services, body.company, body.phone)
    text = body.text.strip() if body.kind == "text" else caption(body.kind, {"caption": body.text})
    if not text:
        raise InvalidInput("body.text: a message of kind `text` needs a text")
    message = body.model_copy(update={"text": text}).inbound("simulator")
    # The agent first: what the screen shows with a tick must be in safe hands. A repeat changes neither.
    await services.gateway.receive(agent.company, agent.phone, message)
    await services.screen.show(agent.company, agent.phone, "customer", message.id, text)
    return Accepted(id=message.id)


@router.get("/events")
async def simulator_events(
    services: Wired,
    agent: Annotated[AgentRef, Depends(_watched)],
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    last: Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^\d{1,18}$")] = None,
) -> EventSourceResponse:
    """Everything that happens on this phone after an event, as server-sent events with growing ids."""
    stream = _stream(services.screen, services.live, agent, max(after, int(last or 0)))
    return EventSourceResponse(stream, ping=15, headers={"Cache-Control": "no-store"})


async def _stream(screen: PostgresScreen, live: Live, agent: AgentRef, after: int) -> AsyncGenerator[ServerSentEvent]:
    with live.watch(agent.company, agent.phone) as changed:
        yield ServerSentEvent(comment="watching", retry=RECONNECT_MS)
        while True:
            changed.clear()  # before the look: what happens during it sets the event again
            try:
                for event in await screen.events(agent.company, agent.phone, after=after):
                    after = event.id
                    yield _shown(event)
            except OUTAGES:
                await asyncio.sleep(RETRY_AFTER)
                continue
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await changed.wait()
            except TimeoutError:
                continue


def _shown(event: ScreenEvent) -> ServerSentEvent:
    data = {
        "kind": event.kind,
        "id": event.message_id,
        "text": event.text,
        "at": event.at.isoformat(),
        # The browser's clock may be wrong, and "typing…" must not show for what was typed an hour ago.
        "age": max(0.0, round((datetime.now(UTC) - event.at).total_seconds(), 1)),
    }
    return ServerSentEvent(data=json.dumps(data, ensure_ascii=False), id=str(event.id))
