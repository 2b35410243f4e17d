"""One person, one agent: every identity under which a customer was ever seen, in PostgreSQL.

WhatsApp may leave out a phone that it gave before, gives a new user id when the number changes, and lets people hide
the phone behind a user name: an agent keeps the key it began with, whatever its customer is called today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from activities.postgres import Connection, Postgres
from domain.identity import CompanyId, Phone, is_user_id
from domain.work import AgentRef

Person = tuple[Phone, ...]
"""What one update says of who somebody is: user ids and phones, the surest first; never empty."""


@dataclass(frozen=True)
class Whose:
    """The agent of a person; `others` are agents that some of their identities belong to, too."""

    agent: Phone
    others: frozenset[Phone]


class Identities:
    """The alias table. Two agents that turn out to be one person stay two: merging them is an operator's decision."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    async def agent_of(self, company: CompanyId, identity: Phone) -> AgentRef:
        """Whose identity it is; an unknown one is the key of an agent yet to come."""
        async with self._postgres.tenant(company) as connection:
            known = await _known(connection, company, [identity])
        return AgentRef(company=company, phone=known.get(identity, identity))

    async def of_agent(self, agent: AgentRef) -> list[Phone]:
        """Every identity of an agent's customer, in the order in which they were seen."""
        async with self._postgres.tenant(agent.company) as connection:
            rows = await connection.fetch(
                "select identity from identities where company_id = $1 and phone = $2 order by seen_at, identity",
                *(agent.company, agent.phone),
            )
        return [Phone(row["identity"]) for row in rows]

    async def whose(self, company: CompanyId, people: Sequence[Person]) -> dict[Person, Whose]:
        """Each person's agent. What is new of a person is linked to the agent that knows the rest of them."""
        everything = sorted({identity for person in people for identity in person})
        async with self._postgres.tenant(company) as connection:
            known = await _known(connection, company, everything)
            if len(known) < len(everything):
                known = await _link(connection, company, people, known)
        return {person: _whose(person, known) for person in people}


async def _known(connection: Connection, company: CompanyId, identities: Sequence[Phone]) -> dict[Phone, Phone]:
    rows = await connection.fetch(
        "select identity, phone from identities where company_id = $1 and identity = any($2::text[])",
        *(company, list(identities)),
    )
    return {Phone(row["identity"]): Phone(row["phone"]) for row in rows}


async def _link(
    connection: Connection, company: CompanyId, people: Sequence[Person], known: dict[Phone, Phone]
) -> dict[Phone, Phone]:
    """Gives each unknown identity its agent; where another process was faster with a part of a person, it decides."""
    ours: dict[Phone, Phone] = {}
    for person in people:
        agent = _agent(person, known | ours)
        ours |= {identity: agent for identity in person if identity not in known and identity not in ours}
    # In one order everywhere: two processes that link the same people must not wait for each other.
    pairs = sorted(ours.items())
    written = await connection.fetch(
        "insert into identities (company_id, identity, phone)"
        " select $1, pair.identity, pair.phone from unnest($2::text[], $3::text[]) as pair (identity, phone)"
        " order by pair.identity on conflict do nothing returning identity",
        *(company, [identity for identity, _ in pairs], [agent for _, agent in pairs]),
    )
    mine = {Phone(row["identity"]) for row in written}
    now = known | await _known(connection, company, [identity for identity, _ in pairs])
    if len(mine) == len(pairs):
        return now
    for person in people:
        agent = _agent(person, {identity: key for identity, key in now.items() if identity not in mine})
        moved = [identity for identity in person if identity in mine and now[identity] != agent]
        if not moved:
            continue
        await connection.execute(
            "update identities set phone = $3 where company_id = $1 and identity = any($2::text[])",
            *(company, moved, agent),
        )
        now |= {identity: agent for identity in moved}
    return now


def _agent(person: Person, known: Mapping[Phone, Phone]) -> Phone:
    """The agent that the surest known identity belongs to; a new one is keyed by the phone, where there is one."""
    found = next((known[identity] for identity in person if identity in known), None)
    return found or next((identity for identity in person if not is_user_id(identity)), person[0])


def _whose(person: Person, known: Mapping[Phone, Phone]) -> Whose:
    agent = _agent(person, known)
    return Whose(agent, frozenset(known[identity] for identity in person if identity in known) - {agent})
