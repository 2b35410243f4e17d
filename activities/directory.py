"""Customers and what operators see of them, in PostgreSQL."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.companies import Companies
from activities.memory import Memory
from activities.postgres import Postgres, storable
from domain.errors import NotFound
from domain.work import AgentRecord, AgentRef, Alert, CustomerNote, Done
from workflows import interfaces


class Directory(interfaces.Directory):
    """Opens agents, writes their present state, raises alerts."""

    def __init__(self, postgres: Postgres, companies: Companies, memory: Memory) -> None:
        self._postgres = postgres
        self._companies = companies
        self._memory = memory

    @activity.defn
    async def open_agent(self, agent: AgentRef) -> AgentRecord:
        """Creates the customer if new, and says where an agent that lost its state has to go on."""
        try:
            business = await self._companies.business(agent.company)
        except NotFound as error:
            raise ApplicationError(str(error), type="UnknownCompany", non_retryable=True) from error
        async with self._postgres.tenant(agent.company) as connection:
            await connection.execute(
                "insert into customers (company_id, phone) values ($1, $2) on conflict do nothing",
                *(agent.company, agent.phone),
            )
            await connection.execute(
                "insert into identities (company_id, identity, phone) values ($1, $2, $2) on conflict do nothing",
                *(agent.company, agent.phone),
            )
            row = await connection.fetchrow(
                "select customer_id::text, name, stage, mode, opted_out, event_number, message_count, last_inbound,"
                " greatest(turn,"
                " (select max(turn) from sends where company_id = $1 and phone = $2)) as turn"
                " from customers where company_id = $1 and phone = $2",
                *(agent.company, agent.phone),
            )
        assert row is not None
        sequence, turn = await self._memory.highest(agent)
        return AgentRecord(
            customer_id=row["customer_id"],
            name=row["name"],
            stage=row["stage"],
            mode=row["mode"],
            opted_out=row["opted_out"],
            sequence=max(sequence, row["message_count"]),
            turn=max(turn, row["turn"]),
            event_number=row["event_number"],
            last_inbound=row["last_inbound"],
            brief=business.brief,
        )

    @activity.defn
    async def note_customer(self, note: CustomerNote) -> Done:
        """Writes absolute values and numbered events: a repeat changes nothing."""
        agent = note.agent
        async with self._postgres.tenant(agent.company) as connection:
            await connection.execute(
                "update customers set name = coalesce($3, name), stage = $4, status = $5, mode = $6, opted_out = $7,"
                " handed_off = $8, message_count = greatest(message_count, $9), turn = greatest(turn, $10),"
                " last_interaction = $11, next_contact = $12, event_number = greatest(event_number, $13),"
                " last_inbound = greatest(last_inbound, $14),"
                " updated_at = now() where company_id = $1 and phone = $2",
                *(
                    agent.company,
                    agent.phone,
                    storable(note.name) if note.name else None,
                    note.stage.value,
                    note.status.value,
                    note.mode.value,
                ),
                *(
                    note.opted_out,
                    storable(note.handed_off) if note.handed_off else None,
                    note.message_count,
                    note.turn,
                ),
                *(note.last_interaction, note.next_contact, max((event.number for event in note.events), default=0)),
                note.last_inbound,
            )
            if note.events:
                await connection.executemany(
                    "insert into agent_events (company_id, phone, number, kind, at, by, detail)"
                    " values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
                    [
                        (
                            agent.company,
                            agent.phone,
                            event.number,
                            event.kind,
                            event.at,
                            storable(event.by),
                            storable(event.detail),
                        )
                        for event in note.events
                    ],
                )
        await self._memory.mirror(note)
        return Done()

    @activity.defn
    async def raise_alert(self, alert: Alert) -> Done:
        """The same key once."""
        agent = alert.agent
        async with self._postgres.tenant(agent.company) as connection:
            await connection.execute(
                "insert into alerts (company_id, phone, key, kind, urgency, detail) values ($1, $2, $3, $4, $5, $6)"
                " on conflict do nothing",
                *(agent.company, agent.phone, alert.key, alert.kind, alert.urgency.value, storable(alert.detail)),
            )
        return Done()
