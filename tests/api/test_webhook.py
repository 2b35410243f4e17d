"""WhatsApp's webhook: 200 exactly when everything is kept."""

from typing import Any

import httpx2
import pytest

from connections import Connections
from domain.delivery import DeliveryState
from domain.identity import Phone
from domain.work import AgentRef, Bubble
from tests.api.support import Client, Tenant, change, checked, signed, texts
from tests.conftest import VERIFY_TOKEN
from tests.serving import eventually

HOOK = "/api/whatsapp/webhook"


async def deliver(http: httpx2.AsyncClient, payload: object, status: int = 200) -> Any:
    raw, headers = signed(payload)
    return checked(await http.post(HOOK, content=raw, headers=headers), status)


async def unreadable(connections: Connections, number: str) -> list[str]:
    async with connections.postgres.nobody() as connection:
        rows = await connection.fetch("select why from unreadable_updates where phone_number_id = $1", number)
    return [row["why"] for row in rows]


async def test_the_challenge_comes_back_to_whoever_knows_the_token(nobody: Client) -> None:
    params = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "<b>1158201444"}
    answer = await nobody.http.get(HOOK, params=params)
    assert (answer.status_code, answer.text) == (200, "<b>1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    await nobody.get(HOOK, 403, **params | {"hub.verify_token": "guessed"})
    await nobody.get(HOOK, 403, **params | {"hub.mode": "unsubscribe"})
    await nobody.get(HOOK, 403)


@pytest.mark.usefixtures("agents")
async def test_a_message_is_answered_once_however_often_it_comes(
    nobody: Client, stranger: Tenant, random_phone: str
) -> None:
    payload = texts(stranger.number, (random_phone, "wamid.1", "Hola"), (random_phone, "wamid.2", "¿Cuánto cuesta?"))
    for _ in range(3):
        assert await deliver(nobody.http, payload) == {"updates": 2}
    said = await stranger.client.conversation(random_phone, entries=2)
    assert [entry["content"] for entry in said if entry["role"] == "customer"] == ["Hola", "¿Cuánto cuesta?"]


async def test_the_signature_is_of_the_raw_bytes(nobody: Client, stranger: Tenant, random_phone: str) -> None:
    raw, headers = signed(texts(stranger.number, (random_phone, "wamid.1", "Hola")))
    checked(await nobody.http.post(HOOK, content=raw + b" ", headers=headers), 403)
    checked(await nobody.http.post(HOOK, content=raw), 403)
    forged, wrong = signed(texts(stranger.number, (random_phone, "wamid.1", "Hola")), "another secret")
    checked(await nobody.http.post(HOOK, content=forged, headers=wrong), 403)
    await stranger.client.get(f"/api/agents/{random_phone}", 404)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"null", b'{"entry": [' * 5000])
async def test_what_is_no_json_object_is_a_bad_request(nobody: Client, body: bytes) -> None:
    assert (await deliver(nobody.http, body, 400))["type"] == "urn:perennial:malformed"


async def test_what_cannot_be_used_is_kept_and_taken(
    nobody: Client, connections: Connections, stranger: Tenant, random_phone: str
) -> None:
    strange = change(stranger.number, messages=[{"type": "text", "text": {"body": "from nobody \u0000"}}])
    assert await deliver(nobody.http, strange) == {"updates": 1}
    assert await unreadable(connections, stranger.number) == ["a message without an id"]
    await deliver(nobody.http, texts("99999", (random_phone, "wamid.9", "Hola")))
    assert "a number of no company" in await unreadable(connections, "99999")


async def test_a_status_raises_the_bubble(nobody: Client, connections: Connections, stranger: Tenant) -> None:
    agent = AgentRef(company=stranger.id, phone=Phone("+525500000001"))
    await connections.ledger.reserve(Bubble(agent=agent, id="a.1.1", turn=1, number=1, text="Hola"))
    status = {"id": "wamid.out", "status": "read", "timestamp": "1790000001", "biz_opaque_callback_data": "a.1.1"}
    await deliver(nobody.http, change(stranger.number, statuses=[status]))
    await deliver(nobody.http, change(stranger.number, statuses=[status | {"status": "sent"}]))
    known = await connections.ledger.look_up(stranger.id, "a.1.1")
    assert (known.state, known.provider_id) == (DeliveryState.READ, "wamid.out")


@pytest.mark.usefixtures("agents")
async def test_temporal_away_means_that_whatsapp_comes_again(
    nobody: Client, without_temporal: str, stranger: Tenant, random_phone: str
) -> None:
    payload = texts(stranger.number, (random_phone, "wamid.1", "Hola"))
    async with httpx2.AsyncClient(base_url=without_temporal, timeout=30) as lost:
        await deliver(lost, payload, 503)
        await deliver(lost, payload, 503)
    await deliver(nobody.http, payload)
    said = await stranger.client.conversation(random_phone, entries=1)
    assert [entry["id"] for entry in said if entry["role"] == "customer"] == ["wamid.1"]


@pytest.mark.usefixtures("agents")
async def test_one_post_for_many_customers_reaches_each_in_order(nobody: Client, stranger: Tenant) -> None:
    phones = [f"+52551000{number:04d}" for number in range(40)]
    messages = [(phone, f"wamid.{phone}.{turn}", f"{turn}") for turn in range(3) for phone in phones]
    assert await deliver(nobody.http, texts(stranger.number, *messages)) == {"updates": 120}

    async def everyone() -> bool:
        page = await stranger.client.get("/api/agents", limit=100)
        return sum(agent["message_count"] >= 3 for agent in page["agents"]) == 40

    await eventually(everyone, 60)
    for phone in (phones[0], phones[-1]):
        said = await stranger.client.conversation(phone, entries=3)
        assert [entry["content"] for entry in said if entry["role"] == "customer"] == ["0", "1", "2"]


@pytest.mark.usefixtures("agents")
async def test_a_human_on_the_phone_takes_over_and_is_remembered(
    nobody: Client, stranger: Tenant, random_phone: str
) -> None:
    echo = {
        "from": "1",
        "to": random_phone.lstrip("+"),
        "id": "wamid.e",
        "type": "text",
        "text": {"body": "Soy Emilio"},
    }
    payload = change(stranger.number, field="smb_message_echoes", message_echoes=[echo])
    for _ in range(2):
        assert await deliver(nobody.http, payload) == {"updates": 1}
    said = await stranger.client.conversation(random_phone, entries=1)
    assert [(entry["role"], entry["author"], entry["content"]) for entry in said] == [
        ("operator", "phone", "Soy Emilio")
    ]
    await customer_is(stranger, random_phone, mode="operator")


async def customer_is(tenant: Tenant, phone: str, **wanted: object) -> None:
    async def seen() -> bool:
        answer = await tenant.client.http.get(f"/api/agents/{phone}")
        return answer.status_code == 200 and wanted.items() <= answer.json()["customer"].items()

    await eventually(seen)


@pytest.mark.usefixtures("agents")
async def test_stop_in_whatsapps_settings_is_an_opt_out(nobody: Client, stranger: Tenant, random_phone: str) -> None:
    preference = {"wa_id": random_phone.lstrip("+"), "category": "marketing_messages", "value": "stop", "timestamp": 17}
    await deliver(nobody.http, change(stranger.number, field="user_preferences", user_preferences=[preference]))
    await customer_is(stranger, random_phone, opted_out=True)


@pytest.mark.usefixtures("agents")
async def test_a_customer_whose_number_changes_keeps_the_agent(
    nobody: Client, stranger: Tenant, random_phone: str
) -> None:
    new = f"+52553{random_phone[-7:]}"
    await deliver(nobody.http, texts(stranger.number, (random_phone, "wamid.1", "Hola")))
    system = {"type": "user_changed_number", "body": "changed", "wa_id": new[1:]}
    moved = {"from": random_phone[1:], "id": "wamid.2", "timestamp": "1790000000", "type": "system", "system": system}
    await deliver(nobody.http, change(stranger.number, messages=[moved]))
    await deliver(nobody.http, texts(stranger.number, (new, "wamid.3", "Soy yo")))
    said = await stranger.client.conversation(new, entries=3)
    assert [entry["id"] for entry in said if entry["role"] == "customer"] == ["wamid.1", "wamid.2", "wamid.3"]
    by_new, by_old = [await stranger.client.get(f"/api/agents/{phone}") for phone in (new, random_phone)]
    assert by_new["id"] == by_old["id"] == f"agent/{stranger.id}/{random_phone}"
    assert sorted(by_new["identities"]) == sorted([random_phone, new])


@pytest.mark.usefixtures("agents")
async def test_two_agents_of_one_person_are_an_alert_and_not_mixed(
    nobody: Client, stranger: Tenant, random_phone: str
) -> None:
    user_id = f"MX.{random_phone[1:]}"
    hidden = {
        "from_user_id": user_id,
        "id": "wamid.1",
        "timestamp": "1790000000",
        "type": "text",
        "text": {"body": "a"},
    }
    await deliver(nobody.http, change(stranger.number, messages=[hidden]))
    await deliver(nobody.http, texts(stranger.number, (random_phone, "wamid.2", "b")))
    both = hidden | {"from": random_phone[1:], "id": "wamid.3"}
    for _ in range(2):
        await deliver(nobody.http, change(stranger.number, messages=[both]))

    async def alerts() -> list[str]:
        answer = await stranger.client.http.get(f"/api/agents/{user_id}")
        return [alert["kind"] for alert in answer.json().get("alerts", [])]

    assert await eventually(alerts) == ["two_agents"]


@pytest.mark.usefixtures("agents")
async def test_a_late_failure_reaches_the_operator(
    nobody: Client, connections: Connections, stranger: Tenant, random_phone: str
) -> None:
    await deliver(nobody.http, texts(stranger.number, (random_phone, "wamid.1", "Hola")))
    await stranger.client.conversation(random_phone, entries=1)
    agent = AgentRef(company=stranger.id, phone=Phone(random_phone))
    await connections.ledger.reserve(Bubble(agent=agent, id="b.9.1", turn=9, number=1, text="Hola"))
    failed = {"id": "wamid.b", "status": "failed", "timestamp": "1790000001", "biz_opaque_callback_data": "b.9.1"}
    failed |= {"errors": [{"code": 131026, "message": "Message undeliverable"}]}
    for _ in range(2):
        await deliver(nobody.http, change(stranger.number, statuses=[failed]))

    async def alerts() -> list[str]:
        card = await stranger.client.get(f"/api/agents/{random_phone}")
        return [alert["detail"] for alert in card["alerts"] if alert["key"] == "send_failed.b.9.1"]

    assert await eventually(alerts) == ["permanent: Message undeliverable"]
