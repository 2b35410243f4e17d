"""What the independent witnesses say of one conversation: the fake Graph's log and the three stores, read directly."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import asyncpg
from pymongo import MongoClient
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle

from config import Settings
from domain.identity import CompanyId, Phone
from local.fake_graph.journal import Entry

Record = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """All of it; nothing here went through the product's own readers."""

    accepted: list[Entry]
    """What the customer's phone got, in order."""
    refused: list[Entry]
    messages: list[Record]
    """The whole conversation by sequence."""
    memory: Record
    thoughts: list[Record]
    sends: list[Record]
    usage: int
    alerts: list[str]
    agent_events: list[Record]
    customer: Record
    history: list[HistoryEvent]

    def count(self, kind: EventType.ValueType) -> int:
        """How many events of this kind the history has."""
        return sum(event.event_type == kind for event in self.history)

    def describe(self) -> str:
        """All of it for a person who asks what went wrong."""
        events = [f"  {event.event_id} {_name(event)}{_summary(event)}" for event in self.history[-45:]]
        return "\n".join(
            [
                "accepted by the fake Graph:",
                *(f"  {each['at']} {each['callback_data']} {each['text']!r}" for each in self.accepted),
                *(f"refused by the fake Graph: {each}" for each in self.refused),
                "messages in MongoDB:",
                *(f"  {each['sequence']} {each['role']} {each['id']} {each['content']!r}" for each in self.messages),
                f"in memory: {[each['sequence'] for each in self.memory.get('messages', [])]}",
                "the ledger:",
                *(f"  {json.dumps(each, default=str)}" for each in self.sends),
                f"customer: {json.dumps(self.customer, default=str)}",
                f"{self.usage} calls billed; alerts: {self.alerts}; events: {self.agent_events}",
                "the history's end:",
                *events,
            ]
        )


async def gather(
    settings: Settings, company: CompanyId, phone: Phone, log: list[Entry], handle: WorkflowHandle[Any, Any]
) -> Evidence:
    """Reads everything about one customer; `log` is the fake's, of the company's number alone."""
    history = await handle.fetch_history()
    rows = await _postgres(settings, company, phone)
    memory, messages, thoughts = await asyncio.to_thread(_mongo, settings, company, phone)
    return Evidence(
        accepted=[entry for entry in log if entry["event"] == "accepted"],
        refused=[entry for entry in log if entry["event"] == "refused"],
        messages=messages,
        memory=memory,
        thoughts=thoughts,
        sends=rows["sends"],
        usage=len(rows["usage"]),
        alerts=[row["kind"] for row in rows["alerts"]],
        agent_events=rows["agent_events"],
        customer=rows["customers"][0] if rows["customers"] else {},
        history=list(history.events),
    )


_QUERIES = {
    "sends": "select send_id, turn, bubble, state, provider_id, attempts from sends",
    "usage": "select turn from usage",
    "alerts": "select kind, detail from alerts",
    "agent_events": "select kind, detail from agent_events",
    "customers": "select status, mode, stage, message_count, turn from customers",
}


async def _postgres(settings: Settings, company: CompanyId, phone: Phone) -> dict[str, list[Record]]:
    """As the owner of the tables, past the application's role."""
    connection = await asyncpg.connect(settings.database_url.get_secret_value(), ssl=False, timeout=10)
    try:
        await connection.execute("select set_config('app.company', $1, false)", company)
        scope = " where company_id = $1 and phone = $2"
        return {
            table: [dict(row) for row in await connection.fetch(query + scope, company, phone)]
            for table, query in _QUERIES.items()
        }
    finally:
        await connection.close()


def _mongo(settings: Settings, company: CompanyId, phone: Phone) -> tuple[Record, list[Record], list[Record]]:
    # PyMongo's asyncio client now and then leaves a connection open that it was still making when it was closed.
    with MongoClient[Record](settings.mongodb_uri.get_secret_value()) as client:
        database = client.get_default_database("perennial")
        scope = {"companyId": company, "customerPhone": phone}
        memory = database["agent_memory"].find_one(scope)
        messages = database["messages"].find(scope).sort([("sequence", 1), ("_id", 1)]).to_list()
        thoughts = database["thoughts"].find(scope).to_list()
        return memory or {}, messages, thoughts


def _name(event: HistoryEvent) -> str:
    return EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower()


def _summary(event: HistoryEvent) -> str:
    text = event.user_metadata.summary.data.decode(errors="replace")
    return f" {text}" if text else ""
