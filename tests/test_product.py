"""The whole product over the Cloud API: webhook in, agent, model, bubble out, statuses back, memory and ledger."""

import asyncio
import json
import secrets
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx2
import pytest

from connections import Connections
from domain.identity import CompanyId, Phone, agent_id
from domain.phrases import phrase
from domain.work import AgentRef
from local import fake_graph
from local.fake_graph.inbound import Says
from tests.api.support import signed, texts
from tests.conftest import CompanyMaker
from tests.serving import eventually


@dataclass(frozen=True)
class Shop:
    """A company on the Cloud API, and the fake of Meta that its customers' phones hang on."""

    company: CompanyId
    number: str
    meta: fake_graph.FakeGraph
    webhook: str
    connections: Connections

    async def heard(self, phone: str, bubbles: int) -> list[str]:
        """What the customer's phone shows, once it has that many bubbles."""

        async def look() -> list[str]:
            found = self.accepted(phone)
            return found if len(found) >= bubbles else []

        return await eventually(look)

    def accepted(self, phone: str) -> list[str]:
        """The texts that Meta took for this customer from this number, in order."""
        mine = [e for e in self.meta.journal.entries() if e["event"] == "accepted" and e["number"] == self.number]
        return [str(entry["text"]) for entry in mine if str(entry["to"]).lstrip("+") == phone.lstrip("+")]

    async def says(self, phone: str, text: str, wamid: str | None = None) -> int | None:
        """A customer writes; the webhook's answer."""
        said = await self.meta.inbound.says(Says(customer=phone, text=text, number=self.number, wamid=wamid))
        return said.delivered.status


@pytest.fixture
async def shops(
    agents: None, base_url: str, meta: fake_graph.Served, connections: Connections, make_company: CompanyMaker
) -> tuple[Shop, Shop]:
    """Two companies with a number each, one worker, one API, one Meta."""
    made: list[Shop] = []
    for _ in range(2):
        number, token = str(10**14 + secrets.randbelow(10**14)), f"token-{secrets.token_hex(8)}"
        meta.graph.settings.numbers = {**meta.graph.settings.numbers, number: token}
        file = make_company(channel={"kind": "cloud_api", "phone_number_id": number, "access_token": token})
        await connections.companies.apply(file)
        made.append(Shop(CompanyId(file.id), number, meta.graph, f"{base_url}/api/whatsapp/webhook", connections))
    return made[0], made[1]


async def test_a_conversation_over_the_cloud_api(shops: tuple[Shop, Shop], random_phone: str) -> None:
    shop, _ = shops
    assert await shop.says(random_phone, "Hola, ¿cuánto cuesta la sesión de coaching?") == 200
    (first,) = await shop.heard(random_phone, 1)
    assert "1,990 MXN" in first
    # Meta has the bubble a moment before the agent has noted it: a customer that fast would come before it in memory.
    agent = AgentRef(company=shop.company, phone=Phone(random_phone))
    await eventually(lambda: _entries(shop, agent, 2))
    assert await shop.says(random_phone, "BAJA") == 200
    assert (await shop.heard(random_phone, 2))[1] == phrase("opted_out", "es")
    entries = await eventually(lambda: _entries(shop, agent, 4))
    assert [entry.role.value for entry in entries] == ["customer", "agent", "customer", "agent"]

    async def ledger() -> list[str]:
        async with shop.connections.postgres.tenant(shop.company) as connection:
            rows = await connection.fetch(
                "select state, pricing from sends where company_id = $1 order by turn", shop.company
            )
        assert all(json.loads(row["pricing"])["category"] == "service" for row in rows if row["pricing"])
        states = [row["state"] for row in rows]
        return states if states == ["read", "read"] else []

    assert await eventually(ledger)


async def test_the_same_messages_in_every_grouping_are_answered_once(
    shops: tuple[Shop, Shop], random_phone: str
) -> None:
    shop, _ = shops
    await shop.says(random_phone, "ECHO: uno", wamid="wamid.1")
    await shop.heard(random_phone, 1)
    one, two = (random_phone, "wamid.1", "ECHO: uno"), (random_phone, "wamid.2", "ECHO: dos")
    async with httpx2.AsyncClient() as http:
        for messages in ([one, two], [two], [two, one], [one], [one, one, two]):
            raw, headers = signed(texts(shop.number, *messages))
            assert (await http.post(shop.webhook, content=raw, headers=headers)).status_code == 200
    await shop.heard(random_phone, 2)
    await shop.says(random_phone, "ECHO: tres", wamid="wamid.3")
    heard = await shop.heard(random_phone, 3)
    assert len(heard) == 3
    assert "dos" in heard[1]
    assert "tres" in heard[2]
    assert "uno" not in heard[2]


async def test_the_same_person_at_two_companies_is_two_customers(shops: tuple[Shop, Shop], random_phone: str) -> None:
    for shop, secret in zip(shops, ("manzana", "pera"), strict=True):
        await shop.says(random_phone, f"ECHO: mi clave es {secret}", wamid="wamid.same")
    for shop, secret in zip(shops, ("manzana", "pera"), strict=True):
        (heard,) = await shop.heard(random_phone, 1)
        assert secret in heard
    ids = {agent_id(shop.company, Phone(random_phone)) for shop in shops}
    assert len(ids) == 2


async def test_accepted_but_the_connection_dropped_is_one_bubble(shops: tuple[Shop, Shop], random_phone: str) -> None:
    shop, _ = shops
    shop.meta.script(fake_graph.Plan.model_validate({"outcome": "accept_then_drop"}))
    await shop.says(random_phone, "ECHO: ¿me lees?")
    await shop.heard(random_phone, 1)
    await shop.says(random_phone, "ECHO: segunda")
    heard = await shop.heard(random_phone, 2)
    assert ["me lees" in heard[0], "segunda" in heard[1]] == [True, True]
    assert len(heard) == 2


async def test_fifty_customers_at_once(shops: tuple[Shop, Shop]) -> None:
    shop, _ = shops
    serial = count(secrets.randbelow(10**6) * 10)
    phones = [f"+52552{next(serial):07d}" for _ in range(50)]
    statuses = await asyncio.gather(*(shop.says(phone, f"ECHO: soy {phone[-7:]}") for phone in phones))
    assert set(statuses) == {200}
    for phone in phones:
        (heard,) = await shop.heard(phone, 1)
        assert phone[-7:] in heard


async def _entries(shop: Shop, agent: AgentRef, many: int) -> list[Any]:
    found = await shop.connections.memory.conversation(agent, before=None, limit=50)
    return found if len(found) >= many else []
