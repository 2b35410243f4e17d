"""The agent's memory in MongoDB. Motor stays inside this file and `connections.py`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ASCENDING, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError
from temporalio import activity

from domain.decision import Answer, Learnt
from domain.errors import NotFound
from domain.messages import Entry, Received, Role, Said
from domain.work import AgentRef, CustomerNote, Done, Intake, Outcome, Remembered
from workflows import interfaces

Document = dict[str, Any]

RECENT = 40
"""Messages that the memory document itself holds; the whole conversation is in `messages`."""

MAX_INSIGHTS = 50
"""Entries of one kind of insight; the oldest goes first. A document must never grow without bound."""

_DUPLICATE_KEY = 11_000
_KINDS = {"interest": "interests", "objection": "objections", "personality": "personalityNotes"}


class Memory(interfaces.Memory):
    """Every query carries the company; see `_scope`."""

    def __init__(self, database: "AsyncIOMotorDatabase[Document]") -> None:
        self._agents = database["agent_memory"]
        self._messages = database["messages"]
        self._thoughts = database["thoughts"]

    async def prepare(self) -> None:
        """Creates the indexes; safe to repeat."""
        customer = [("companyId", ASCENDING), ("customerPhone", ASCENDING)]
        await self._agents.create_index(customer, unique=True)
        await self._messages.create_index([*customer, ("sequence", ASCENDING)])
        await self._thoughts.create_index([*customer, ("turn", ASCENDING)])

    async def alive(self) -> None:
        """Raises if MongoDB does not answer."""
        await self._agents.database.command("ping")

    @activity.defn
    async def remember(self, intake: Intake) -> Remembered:
        """Stores inbound messages. One that is there under another sequence was taken in before: a redelivery.

        One that is there under its own sequence was stored by an attempt of this very call that did not come back.
        """
        agent = intake.agent
        documents = [_inbound(agent, received) for received in intake.messages]
        new = documents if await self._insert(documents) else await self._ours(agent, documents)
        if new:
            named = [received.message.name for received in intake.messages if received.message.name]
            fields: Document = {"customerId": intake.customer_id} | ({"customerName": named[-1]} if named else {})
            await self._append(agent, new, fields)
        return Remembered(new=[document["sequence"] for document in new])

    @activity.defn
    async def record(self, outcome: Outcome) -> Done:
        """Stores what was said and, when a thought was carried out, what it learnt of the customer."""
        agent, thought = outcome.agent, None
        if outcome.thought_attempt is not None:
            thought = await self.thought(agent, outcome.turn, outcome.thought_attempt)
        made = {key: thought[key] for key in ("model", "prompt")} if thought else {}
        documents = [_said(agent, said, outcome.turn, made) for said in outcome.said]
        if documents:
            await self._write(agent, documents)
        lessons = _lessons(agent, outcome.turn, Answer.model_validate(thought["answer"])) if thought else []
        await self._append(agent, documents, {"metadata.turn": outcome.turn}, lessons)
        return Done()

    async def mirror(self, note: CustomerNote) -> None:
        """Shows the agent's present state in its memory document, where there is one."""
        fields = {
            "lifecycle.stage": note.stage.value,
            "metadata.status": note.status.value,
            "metadata.mode": note.mode.value,
            "metadata.optedOut": note.opted_out,
        }
        await self._agents.update_one(_scope(note.agent), {"$set": fields})

    async def document(self, agent: AgentRef) -> Document:
        """The memory document; raises `NotFound`."""
        found = await self._agents.find_one(_scope(agent), {"_id": False})
        if found is None:
            raise NotFound(f"{agent.phone} has never been in touch with {agent.company}")
        return found

    async def conversation(self, agent: AgentRef, *, before: int | None, limit: int) -> list[Entry]:
        """The `limit` entries just before the sequence `before` (the newest ones for None), oldest first."""
        earlier = {"sequence": {"$lt": before}} if before else {}
        found = self._messages.find({**_scope(agent), **earlier}).sort("sequence", -1).limit(limit)
        return [_entry(document) async for document in found][::-1]

    async def thought(self, agent: AgentRef, turn: int, attempt: int) -> Document | None:
        """A stored thought (`answer`, `model`, `prompt`, `violations`); None if this turn and attempt have none."""
        return await self._thoughts.find_one({**_scope(agent), "_id": _thought_id(agent, turn, attempt)})

    async def keep_thought(self, agent: AgentRef, turn: int, attempt: int, thought: Mapping[str, Any]) -> None:
        """Stores a thought under its turn and attempt; the first one stored stays."""
        key = {**_scope(agent), "_id": _thought_id(agent, turn, attempt)}
        await self._thoughts.update_one(key, {"$setOnInsert": {**thought, "turn": turn, "at": _now()}}, upsert=True)

    async def highest(self, agent: AgentRef) -> tuple[int, int]:
        """The highest sequence and the highest turn that the memory has seen."""
        found = await self._agents.find_one(_scope(agent), {"metadata": True}) or {}
        metadata: Document = found.get("metadata", {})
        return metadata.get("messageCount", 0), metadata.get("turn", 0)

    async def _insert(self, documents: Sequence[Document]) -> bool:
        """Whether none of them was there before."""
        try:
            await self._messages.bulk_write([InsertOne(document) for document in documents], ordered=False)
        except BulkWriteError as error:
            details = cast("Document", error.details)
            if any(each["code"] != _DUPLICATE_KEY for each in details["writeErrors"]):
                raise
            return False
        return True

    async def _ours(self, agent: AgentRef, documents: Sequence[Document]) -> list[Document]:
        """Those of the documents that stand in the database with the sequence they have here."""
        ids = [document["_id"] for document in documents]
        stored = self._messages.find({**_scope(agent), "_id": {"$in": ids}}, {"sequence": True})
        sequences = {document["_id"]: document["sequence"] async for document in stored}
        return [document for document in documents if sequences[document["_id"]] == document["sequence"]]

    async def _write(self, agent: AgentRef, documents: Sequence[Document]) -> None:
        """Stores what was said; one that is there already takes the place it has now.

        An attempt that died wrote it under a number which the agent, when it did the same work again, gave to a message
        that had come in meanwhile.
        """
        writes = [
            UpdateOne({**_scope(agent), "_id": document["_id"]}, {"$set": document}, upsert=True)
            for document in documents
        ]
        await self._messages.bulk_write(writes, ordered=False)  # pyright: ignore[reportUnknownMemberType]

    async def _append(
        self, agent: AgentRef, documents: Sequence[Document], fields: Document, also: Sequence[UpdateOne] = ()
    ) -> None:
        """Adds entries to the recent window, each once, and sets fields; creates the memory with the first message."""
        now = _now()
        fields = {**fields, "updatedAt": now}
        if documents:
            fields["lifecycle.lastInteraction"] = documents[-1]["timestamp"]
        changes = [UpdateOne(_scope(agent), {"$set": fields, "$setOnInsert": _blank(now)}, upsert=True)]
        for document in documents:
            changes += _adding(agent, document)
        await self._agents.bulk_write([*changes, *also], ordered=True)


def _adding(agent: AgentRef, document: Document) -> list[UpdateOne]:
    recent = {key: document[key] for key in ("id", "sequence", "role", "content", "timestamp")}
    push = {"messages": {"$each": [recent], "$sort": {"sequence": 1}, "$slice": -RECENT}}
    absent = {**_scope(agent), "messages.id": {"$ne": document["id"]}}
    adding = [UpdateOne(absent, {"$push": push, "$max": {"metadata.messageCount": document["sequence"]}})]
    if document["role"] == Role.CUSTOMER.value:
        return adding
    # What was said may have another place than an attempt that died gave it.
    moved = {"id": document["id"], "sequence": {"$ne": document["sequence"]}}
    return [UpdateOne(_scope(agent), {"$pull": {"messages": moved}}), *adding]


def _lessons(agent: AgentRef, turn: int, answer: Answer) -> list[UpdateOne]:
    mood: Document = {
        "insights.lastIntent": answer.intent.value,
        "insights.lastSentiment": answer.sentiment.value,
    }
    return [UpdateOne(_scope(agent), {"$set": mood}), *(_learning(agent, turn, learnt) for learnt in answer.learnt)]


def _scope(agent: AgentRef) -> Document:
    return {"companyId": agent.company, "customerPhone": agent.phone}


def _thought_id(agent: AgentRef, turn: int, attempt: int) -> str:
    return f"{agent.company}/{agent.phone}/{turn}.{attempt}"


def _now() -> datetime:
    return datetime.now(UTC)


def _blank(now: datetime) -> Document:
    return {
        "createdAt": now,
        "summary": "",
        "lifecycle.stage": "LEAD",
        "lifecycle.firstContact": now,
        "lifecycle.purchaseDate": None,
        "insights.interests": [],
        "insights.objections": [],
        "insights.personalityNotes": [],
        "insights.purchaseHistory": [],
        "insights.facts": [],
    }


def _inbound(agent: AgentRef, received: Received) -> Document:
    message = received.message
    return {
        "_id": f"{agent.company}/{agent.phone}/{message.id}",
        **_scope(agent),
        "id": message.id,
        "sequence": received.sequence,
        "role": Role.CUSTOMER.value,
        "kind": message.kind,
        "content": message.text,
        "timestamp": received.received_at,
        "sentAt": message.sent_at,
        "channel": message.channel,
    }


def _said(agent: AgentRef, said: Said, turn: int, made: Document) -> Document:
    return {
        "_id": f"{agent.company}/{agent.phone}/{said.id}",
        **_scope(agent),
        "id": said.id,
        "sequence": said.sequence,
        "role": said.role.value,
        "kind": "text",
        "content": said.text,
        "timestamp": said.at,
        "author": said.author,
        "turn": turn,
        **made,
    }


def _entry(document: Document) -> Entry:
    return Entry.model_validate({key: document[key] for key in Entry.model_fields if document.get(key) is not None})


def _learning(agent: AgentRef, turn: int, learnt: Learnt) -> UpdateOne:
    """Adds one insight unless the same text is there already."""
    text = learnt.text.strip()[:300]
    if learnt.about == "fact":
        fact = {"text": text, "sourceTurn": turn, "date": _now(), "confidence": learnt.confidence, "supersededBy": None}
        field, entry, known = "insights.facts", fact, "insights.facts.text"
    else:
        field = known = f"insights.{_KINDS[learnt.about]}"
        entry = text
    return UpdateOne(
        {**_scope(agent), known: {"$ne": text}}, {"$push": {field: {"$each": [entry], "$slice": -MAX_INSIGHTS}}}
    )
