"""Looking at agents: the list, the numbers, one agent, its conversation."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from activities.customers import Customer, Event, OpenAlert, Wanted
from api.paging import cursor_after, place_of
from api.security import OfAgent, OfCompany
from api.services import Services, Wired
from domain.errors import NotFound, Unavailable
from domain.identity import AgentId, agent_id
from domain.messages import Entry, Role
from domain.state import Mode, Stage, Status
from domain.work import AgentRef, AgentSnapshot

Limit = Annotated[int, Query(ge=1, le=100, description="Entries of one page.")]

router = APIRouter(prefix="/api/agents", tags=["agents"])


class AgentPage(BaseModel):
    """Customers, the latest interaction first."""

    agents: list[Customer]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last one.")


class AgentStats(BaseModel):
    """A company's agents in numbers."""

    total: int
    stage: dict[Stage, int]
    status: dict[Status, int]
    mode: dict[Mode, int]
    opted_out: int
    needing_human: int = Field(description="Conversations that an agent handed off and nobody has taken yet.")
    open_alerts: int


class Fact(BaseModel):
    """Something the customer said about themselves."""

    model_config = ConfigDict(extra="ignore")

    text: str
    source_turn: int | None = Field(None, validation_alias="sourceTurn")
    date: datetime | None = None
    confidence: float | None = None
    superseded_by: str | None = Field(None, validation_alias="supersededBy")


class Insights(BaseModel):
    """What the agent learnt of the customer."""

    model_config = ConfigDict(extra="ignore")

    interests: list[str] = Field(default_factory=list[str])
    objections: list[str] = Field(default_factory=list[str])
    personality_notes: list[str] = Field(default_factory=list[str], validation_alias="personalityNotes")
    purchase_history: list[JsonValue] = Field(default_factory=list[JsonValue], validation_alias="purchaseHistory")
    facts: list[Fact] = Field(default_factory=list[Fact])


class AgentCard(BaseModel):
    """Everything known of one agent."""

    id: AgentId = Field(description="Its workflow id in Temporal.")
    customer: Customer
    identities: list[str] = Field(description="Every phone and WhatsApp user id that was ever seen of this customer.")
    summary: str = Field(description="The conversation before its latest messages, in short.")
    insights: Insights
    live: AgentSnapshot | None = Field(description="What it does at this moment; null while no worker can say.")
    events: list[Event]
    alerts: list[OpenAlert]


class Conversation(BaseModel):
    """Entries of the transcript, oldest first."""

    messages: list[Entry]
    before: int | None = Field(description="Give it as `before` for the entries before these; null at the beginning.")


@router.get("")
async def list_agents(
    services: Wired,
    company: OfCompany,
    stage: Stage | None = None,
    status: Status | None = None,
    mode: Mode | None = None,
    q: Annotated[str | None, Query(max_length=100, description="Part of a name or phone.")] = None,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Limit = 50,
) -> AgentPage:
    """The company's customers. One who writes while you page moves to the front, so the list never repeats itself."""
    wanted = Wanted(stage=stage, status=status, mode=mode, text=(q or "").strip() or None)
    after = place_of(cursor) if cursor else None
    found = await services.customers.page(company, wanted, after=after, limit=limit + 1)
    shown = found[:limit]
    return AgentPage(agents=shown, next_cursor=cursor_after(shown[-1]) if len(found) > limit else None)


@router.get("/stats")
async def agent_stats(services: Wired, company: OfCompany) -> AgentStats:
    """How many there are of each kind, and how many need a human."""
    tallies = await services.customers.tallies(company)
    stage, status, mode = Counter[Stage](), Counter[Status](), Counter[Mode]()
    for tally in tallies:
        stage[tally.stage] += tally.customers
        status[tally.status] += tally.customers
        mode[tally.mode] += tally.customers
    return AgentStats(
        total=sum(tally.customers for tally in tallies),
        stage={each: stage[each] for each in Stage},
        status={each: status[each] for each in Status},
        mode={each: mode[each] for each in Mode},
        opted_out=sum(tally.opted_out for tally in tallies),
        needing_human=sum(tally.handed_off for tally in tallies),
        open_alerts=await services.customers.open_alerts(company),
    )


@router.get("/{phone}")
async def get_agent(services: Wired, agent: OfAgent) -> AgentCard:
    """What it knows, waits for, and will do next and when."""
    card = await services.customers.card(agent)
    memory = await _memory(services, agent)
    return AgentCard(
        id=agent_id(agent.company, agent.phone),
        customer=card.customer,
        identities=list(await services.identities.of_agent(agent)),
        summary=memory.get("summary", ""),
        insights=Insights.model_validate(memory.get("insights", {})),
        live=await _live(services, agent),
        events=card.events,
        alerts=card.alerts,
    )


@router.get("/{phone}/messages")
async def list_messages(
    services: Wired,
    agent: OfAgent,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="Only entries before this sequence.")] = None,
    limit: Limit = 50,
) -> Conversation:
    """The conversation, the newest page first; each of our bubbles with what became of it."""
    entries = await services.connections.memory.conversation(agent, before=before, limit=limit + 1)
    more, shown = len(entries) > limit, entries[-limit:]
    ours = [entry.id for entry in shown if entry.role is not Role.CUSTOMER]
    states = await services.customers.deliveries(agent.company, ours)
    shown = [entry.model_copy(update={"delivery": states.get(entry.id)}) for entry in shown]
    if not shown and before is None:
        await services.customers.card(agent)  # raises NotFound: nobody, rather than nothing said
    return Conversation(messages=shown, before=shown[0].sequence if more else None)


async def _memory(services: Services, agent: AgentRef) -> dict[str, Any]:
    try:
        return await services.connections.memory.document(agent)
    except NotFound:
        return {}


async def _live(services: Services, agent: AgentRef) -> AgentSnapshot | None:
    try:
        return await services.gateway.snapshot(agent)
    except (NotFound, Unavailable):
        return None
