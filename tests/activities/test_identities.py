"""One person, one agent, whatever WhatsApp calls them today."""

import asyncio
import secrets

import pytest

from activities.identities import Identities, Person
from connections import Connections
from domain.identity import CompanyId, Phone
from domain.work import AgentRef
from tests.conftest import CompanyMaker


@pytest.fixture
def identities(connections: Connections) -> Identities:
    return Identities(connections.postgres)


@pytest.fixture
async def company(connections: Connections, make_company: CompanyMaker) -> CompanyId:
    file = make_company()
    await connections.companies.apply(file)
    return CompanyId(file.id)


def phone() -> Phone:
    return Phone(f"+52551{secrets.randbelow(10**7):07d}")


def user_id() -> Phone:
    return Phone(f"MX.{secrets.token_hex(8)}")


async def agent(identities: Identities, company: CompanyId, *person: Phone) -> Phone:
    """The agent of one person, whom nobody else is mixed up with."""
    whose = (await identities.whose(company, [person]))[person]
    assert not whose.others
    return whose.agent


async def test_a_new_customer_is_keyed_by_the_phone(identities: Identities, company: CompanyId) -> None:
    uid, number = user_id(), phone()
    assert await agent(identities, company, uid, number) == number
    assert await agent(identities, company, uid) == number  # the phone is hidden from now on
    assert set(await identities.of_agent(AgentRef(company=company, phone=number))) == {uid, number}


async def test_a_phone_that_appears_later_belongs_to_the_agent_that_is_there(
    identities: Identities, company: CompanyId
) -> None:
    uid, number = user_id(), phone()
    assert await agent(identities, company, uid) == uid
    assert await agent(identities, company, uid, number) == uid
    assert await agent(identities, company, number) == uid
    assert await identities.agent_of(company, number) == AgentRef(company=company, phone=uid)


async def test_a_changed_number_keeps_its_agent(identities: Identities, company: CompanyId) -> None:
    old, new, new_id = phone(), phone(), user_id()
    assert await agent(identities, company, old) == old
    assert await agent(identities, company, new_id, old, new) == old
    assert await agent(identities, company, new_id, new) == old


async def test_an_agent_that_was_started_without_whatsapp_is_found(
    identities: Identities, company: CompanyId, connections: Connections
) -> None:
    uid, number = user_id(), phone()
    await connections.directory.open_agent(AgentRef(company=company, phone=uid))
    assert await agent(identities, company, uid, number) == uid


async def test_two_agents_of_one_person_stay_two_and_are_named(identities: Identities, company: CompanyId) -> None:
    uid, number = user_id(), phone()
    await agent(identities, company, uid)
    await agent(identities, company, number)
    person = (uid, number)
    whose = (await identities.whose(company, [person]))[person]
    assert (whose.agent, whose.others) == (uid, {number})


async def test_one_company_s_aliases_are_nothing_to_another(
    identities: Identities, company: CompanyId, connections: Connections, make_company: CompanyMaker
) -> None:
    file = make_company()
    await connections.companies.apply(file)
    uid, number = user_id(), phone()
    assert await agent(identities, company, uid) == uid
    assert await agent(identities, CompanyId(file.id), uid, number) == number


async def test_people_of_one_batch_are_told_apart(identities: Identities, company: CompanyId) -> None:
    people: list[Person] = [(user_id(), phone()) for _ in range(50)]
    whose = await identities.whose(company, [*people, *people, *((uid,) for uid, _ in people)])
    assert [whose[person].agent for person in people] == [number for _, number in people]
    assert [whose[uid,].agent for uid, _ in people] == [number for _, number in people]


async def test_processes_that_see_a_person_at_once_agree(identities: Identities, company: CompanyId) -> None:
    for _ in range(20):
        uid, number = user_id(), phone()
        seen: list[Person] = [(uid,), (uid, number), (uid, number), (uid,)]
        secrets.SystemRandom().shuffle(seen)
        await asyncio.gather(*(identities.whose(company, [person]) for person in seen))
        keys = {await agent(identities, company, uid), await agent(identities, company, uid, number)}
        assert len(keys) == 1
