"""Looking at agents, and telling them something."""

import asyncio

import httpx2
import pytest

from connections import Connections
from domain.identity import Phone
from domain.state import Mode, Stage, Status
from domain.work import AgentRef, CustomerNote
from tests.api.support import Client, Tenant
from tests.serving import eventually

pytestmark = pytest.mark.usefixtures("agents")


async def test_a_customer_writes_and_the_agent_can_be_looked_at(tenant: Tenant, random_phone: str) -> None:
    await tenant.client.write(random_phone, "Hola, ¿cuánto cuesta la sesión?")
    said = await tenant.client.conversation(random_phone, entries=2)
    assert [entry["role"] for entry in said[:2]] == ["customer", "agent"]
    assert (said[0]["delivery"], said[1]["delivery"]) == (None, "sent")

    async def at_rest() -> bool:
        shown = await tenant.client.get(f"/api/agents/{random_phone}")
        return shown["customer"]["status"] == "waiting" and shown["live"]["waits_for"] == "the customer"

    await eventually(at_rest)
    card = await tenant.client.get(f"/api/agents/{random_phone}")
    assert card["id"] == f"agent/{tenant.id}/{random_phone}"
    assert (card["customer"]["name"], card["live"]["turn"], card["alerts"]) == ("Ana", 1, [])
    stats = await tenant.client.get("/api/agents/stats")
    assert (stats["total"], stats["stage"]["LEAD"], stats["mode"]) == (1, 1, {"agent": 1, "operator": 0})


async def test_the_same_id_is_one_message(tenant: Tenant, random_phone: str) -> None:
    await asyncio.gather(*(tenant.client.write(random_phone, "Hola", "one") for _ in range(5)))
    await tenant.client.write(random_phone, "¿Y el precio?", "two")
    said = await tenant.client.conversation(random_phone, entries=3)
    assert [entry["id"] for entry in said if entry["role"] == "customer"] == ["one", "two"]


@pytest.mark.parametrize("written", ["%2B{}", "+{}", "%20{}", "+52%20{2}", "+521{2}"])
async def test_one_customer_however_the_phone_is_written(tenant: Tenant, random_phone: str, written: str) -> None:
    await tenant.client.write(random_phone, "Hola")
    await tenant.client.conversation(random_phone, entries=1)
    address = written.replace("{2}", random_phone[3:]).replace("{}", random_phone[1:])
    card = await tenant.client.get(f"/api/agents/{address}")
    assert card["customer"]["phone"] == random_phone


@pytest.mark.parametrize("phone", ["525512345678", "5512345678", "+52", "maria", "+52551234567890123", "%00", "+5255x"])
async def test_what_is_no_phone_is_refused_with_an_explanation(tenant: Tenant, phone: str) -> None:
    assert "E.164" in (await tenant.client.get(f"/api/agents/{phone}", 422))["detail"]


async def test_nobody_is_not_found(tenant: Tenant, random_phone: str) -> None:
    await tenant.client.get(f"/api/agents/{random_phone}", 404)
    await tenant.client.get(f"/api/agents/{random_phone}/messages", 404)
    for command in ("takeover", "release", "opt-out", "opt-in"):
        await tenant.client.post(f"/api/agents/{random_phone}/{command}", {"by": "Luz"}, 404)


async def test_a_human_takes_over_speaks_and_gives_back(tenant: Tenant, random_phone: str) -> None:
    agent = f"/api/agents/{random_phone}"
    await tenant.client.write(random_phone, "Hola")
    await tenant.client.conversation(random_phone, entries=2)
    assert (await tenant.client.post(f"{agent}/takeover", {"by": "Luz"}))["mode"] == "operator"
    refused = await tenant.client.post(f"{agent}/takeover", {"by": "Eva"}, 409)
    assert refused["detail"] == "a human already has this conversation"
    receipt = await tenant.client.post(f"{agent}/reply", {"text": "Soy Luz.", "by": "Luz"}, key="once")
    again = await tenant.client.post(f"{agent}/reply", {"text": "Soy Luz.", "by": "Luz"}, key="once")
    assert receipt == again
    assert receipt["delivery"]["state"] == "sent"
    assert (await tenant.client.post(f"{agent}/release", {"by": "Luz"}))["mode"] == "agent"
    await tenant.client.post(f"{agent}/release", {"by": "Luz"}, 409)
    said = await tenant.client.conversation(random_phone, entries=3)
    assert [(entry["content"], entry["author"]) for entry in said if entry["role"] == "operator"] == [
        ("Soy Luz.", "Luz")
    ]


async def test_a_companys_system_speaks_first_through_the_agent(tenant: Tenant, random_phone: str) -> None:
    body = {"to": random_phone, "text": "Tu sesión es mañana a las 10."}
    receipts = [await tenant.client.post("/api/whatsapp/send", body, key="reminder-1") for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert (receipts[0]["to"], receipts[0]["delivery"]["state"]) == (random_phone, "sent")
    said = await tenant.client.conversation(random_phone, entries=1)
    assert [(entry["role"], entry["author"]) for entry in said] == [("agent", "api")]
    assert (await tenant.client.get(f"/api/agents/{random_phone}"))["live"]["mode"] == "agent"


async def test_who_opted_out_is_not_written_to(tenant: Tenant, random_phone: str) -> None:
    await tenant.client.write(random_phone, "Hola")
    await tenant.client.conversation(random_phone, entries=2)
    assert (await tenant.client.post(f"/api/agents/{random_phone}/opt-out", {"by": "Luz"}))["opted_out"] is True

    async def noted() -> bool:
        return (await tenant.client.get(f"/api/agents/{random_phone}"))["customer"]["opted_out"]

    await eventually(noted)
    await tenant.client.post("/api/whatsapp/send", {"to": random_phone, "text": "¡Oferta!"}, 409)
    assert (await tenant.client.post(f"/api/agents/{random_phone}/opt-in", {"by": "Luz"}))["opted_out"] is False


async def test_the_conversation_is_paged_without_gaps(tenant: Tenant, random_phone: str) -> None:
    await tenant.client.post("/api/whatsapp/send", {"to": random_phone, "text": "1"})
    await tenant.client.post(f"/api/agents/{random_phone}/takeover", {"by": "Luz"})
    for number in range(2, 8):
        await tenant.client.post(f"/api/agents/{random_phone}/reply", {"text": f"{number}", "by": "Luz"})
    await tenant.client.conversation(random_phone, entries=7)
    texts: list[str] = []
    before: dict[str, int] = {}
    while True:
        page = await tenant.client.get(f"/api/agents/{random_phone}/messages", limit=3, **before)
        texts = [entry["content"] for entry in page["messages"]] + texts
        if page["before"] is None:
            break
        before = {"before": page["before"]}
    assert texts == ["1", "2", "3", "4", "5", "6", "7"]


async def fill(connections: Connections, tenant: Tenant, count: int) -> list[str]:
    """Customers in the databases, without agents; the last quarter never wrote."""
    phones = [f"+52552000{number:04d}" for number in range(count)]
    for number, phone in enumerate(phones):
        agent = AgentRef(company=tenant.id, phone=Phone(phone))
        await connections.directory.open_agent(agent)
        note = CustomerNote(
            agent=agent,
            name=f"Ñandú 100%_{number}",
            stage=Stage.CUSTOMER if number % 2 else Stage.LEAD,
            status=Status.WAITING,
            mode=Mode.AGENT,
            opted_out=False,
            message_count=1,
            turn=0,
            last_interaction=None,
            handed_off="asked for a human" if number == 1 else None,
        )
        await connections.directory.note_customer(note)
    async with connections.postgres.tenant(tenant.id) as connection:
        await connection.execute(
            "update customers set last_interaction = now() - (right(phone, 4)::int / 3) * interval '1 minute'"
            " where company_id = $1 and right(phone, 4)::int < $2",
            *(tenant.id, count * 3 // 4),
        )
    return phones


async def test_the_list_is_paged_searched_and_filtered(connections: Connections, tenant: Tenant) -> None:
    phones = await fill(connections, tenant, 23)
    seen: list[str] = []
    params: dict[str, str | int] = {"limit": 5}
    while True:
        page = await tenant.client.get("/api/agents", **params)
        seen += [agent["phone"] for agent in page["agents"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == phones, "everyone once, in order, though many interactions share a moment and some have none"

    async def found(**wanted: str) -> int:
        return len((await tenant.client.get("/api/agents", limit=100, **wanted))["agents"])

    assert await found(stage="CUSTOMER") == 11
    assert await found(stage="CHURNED") == 0
    assert await found(q="ÑANDÚ 100%_2") == 4
    assert await found(q="+52 (55) 2000-0007") == 1
    assert await found(q="'; drop table customers; --") == 0
    stats = await tenant.client.get("/api/agents/stats")
    assert (stats["total"], stats["stage"]["LEAD"], stats["needing_human"]) == (23, 12, 1)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "cursor=abc", "cursor=W10", "cursor=%00", "stage=FRIEND", "mode=", "q=%00"],
)
async def test_a_list_that_cannot_be_is_refused(tenant: Tenant, query: str) -> None:
    await tenant.client.get(f"/api/agents?{query}", 422)


async def test_an_agent_is_shown_while_temporal_is_away(
    tenant: Tenant, without_temporal: str, random_phone: str
) -> None:
    await tenant.client.write(random_phone, "Hola")
    await tenant.client.conversation(random_phone, entries=2)
    async with httpx2.AsyncClient(base_url=without_temporal, headers={"X-API-Key": tenant.key}, timeout=30) as http:
        lost = Client(http)
        card = await lost.get(f"/api/agents/{random_phone}")
        assert (card["live"], card["customer"]["name"]) == (None, "Ana")
        assert len((await lost.get(f"/api/agents/{random_phone}/messages"))["messages"]) >= 2
        await lost.post(f"/api/agents/{random_phone}/messages", {"id": "1", "text": "Hola"}, 503)
        await lost.post(f"/api/agents/{random_phone}/takeover", {"by": "Luz"}, 503)
        await lost.post("/api/whatsapp/send", {"to": random_phone, "text": "Hola"}, 503)
