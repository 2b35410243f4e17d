"""The simulator: what its page talks to, live and without losing or doubling anything."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from activities.screen import PostgresScreen
from config import Settings
from connections import Connections
from domain.identity import Phone
from tests.api.support import Client, Tenant, checked
from tests.serving import eventually, serving

EVENTS, MESSAGES = "/simulator/api/events", "/simulator/api/messages"


class Stream:
    """An open stream of events."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> tuple[int, Any]:
        """Id and data of the next event."""
        number = 0
        async with asyncio.timeout(20):
            async for line in self._lines:
                if line.startswith("id: "):
                    number = int(line[4:])
                if line.startswith("data: "):
                    data = json.loads(line[6:])
                elif not line and number:
                    return number, data  # pyright: ignore[reportPossiblyUnboundVariable]
        raise AssertionError("the stream ended")

    async def until(self, kind: str) -> list[tuple[int, Any]]:
        """Every event up to the first of that kind."""
        events = [await self.next()]
        while events[-1][1]["kind"] != kind:
            events.append(await self.next())
        return events


@asynccontextmanager
async def watching(http: httpx2.AsyncClient, company: str, phone: str, last: int = 0) -> AsyncGenerator[Stream]:
    headers = {"Last-Event-ID": str(last)} if last else {}
    params = {"company": company, "phone": phone}
    async with http.stream("GET", EVENTS, params=params, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


def message(company: str, phone: str, message_id: str, text: str = "Hola, ¿cuánto cuesta?", **more: str) -> Any:
    return {"company": company, "phone": phone, "id": message_id, "text": text, "name": "Ana", **more}


@pytest.mark.usefixtures("agents")
async def test_a_message_is_seen_and_answered_before_the_eyes_of_whoever_looks(
    nobody: Client, tenant: Tenant, random_phone: str
) -> None:
    async with watching(nobody.http, tenant.id, random_phone) as stream:
        await nobody.post(MESSAGES, message(tenant.id, random_phone, "m1"), 202)
        events = [event for _, event in await stream.until("bubble")]
    assert (events[0]["kind"], events[0]["id"], events[0]["text"]) == ("customer", "m1", "Hola, ¿cuánto cuesta?")
    assert events[-1]["text"]
    chats = await nobody.get("/simulator/api/customers", company=tenant.id)
    assert [(chat["phone"], chat["kind"]) for chat in chats] == [(random_phone, "bubble")]


@pytest.mark.usefixtures("agents")
async def test_the_same_message_twice_is_one(nobody: Client, tenant: Tenant, random_phone: str) -> None:
    for _ in range(3):
        await nobody.post(MESSAGES, message(tenant.id, random_phone, "m1"), 202)
    said = await tenant.client.conversation(random_phone, entries=2)
    assert [entry["id"] for entry in said if entry["role"] == "customer"] == ["m1"]
    async with watching(nobody.http, tenant.id, random_phone) as stream:
        events = await stream.until("bubble")
    assert len([event for _, event in events if event["kind"] == "customer"]) == 1


async def test_a_reconnection_neither_loses_nor_repeats(
    nobody: Client, connections: Connections, tenant: Tenant, random_phone: str
) -> None:
    screen, phone = PostgresScreen(connections.postgres), Phone(random_phone)

    async def show(number: int) -> None:
        await screen.show(tenant.id, phone, "bubble", f"b{number}", f"{number}")

    await show(0)
    async with watching(nobody.http, tenant.id, phone) as stream:
        last, event = await stream.next()
        assert event["text"] == "0"
    await asyncio.gather(*(show(number) for number in range(1, 30)))
    async with watching(nobody.http, tenant.id, phone, last) as stream:
        texts = [(await stream.next())[1]["text"] for _ in range(15)]
        await asyncio.gather(*(show(number) for number in range(30, 60)))
        texts += [(await stream.next())[1]["text"] for _ in range(44)]
    assert sorted(map(int, texts)) == list(range(1, 60))


async def test_typing_is_shown_again_for_each_bubble(
    nobody: Client, connections: Connections, tenant: Tenant, random_phone: str
) -> None:
    screen, phone = PostgresScreen(connections.postgres), Phone(random_phone)
    async with watching(nobody.http, tenant.id, phone) as stream:
        for _ in range(2):
            await screen.show(tenant.id, phone, "typing", "m1")
            assert (await stream.next())[1]["kind"] == "typing"


async def test_another_companys_phone_shows_nothing_of_it(
    nobody: Client, connections: Connections, tenant: Tenant, make_company: Any, random_phone: str
) -> None:
    other = make_company()
    await connections.companies.apply(other)
    screen, phone = PostgresScreen(connections.postgres), Phone(random_phone)
    async with watching(nobody.http, other.id, phone) as stream:
        await screen.show(tenant.id, phone, "bubble", "theirs", "secret")
        await screen.show(other.id, phone, "bubble", "ours", "ours")
        assert (await stream.next())[1]["text"] == "ours"


@pytest.mark.usefixtures("agents")
async def test_other_kinds_arrive_as_their_name(nobody: Client, tenant: Tenant, random_phone: str) -> None:
    for number, kind in enumerate(("image", "audio", "sticker")):
        await nobody.post(MESSAGES, message(tenant.id, random_phone, f"m{number}", "", kind=kind), 202)
    said = await tenant.client.conversation(random_phone, entries=3)
    shown = [(entry["kind"], entry["content"]) for entry in said if entry["role"] == "customer"]
    assert shown == [("image", "[image]"), ("audio", "[audio]"), ("sticker", "[sticker]")]


async def test_real_phones_cannot_be_played(nobody: Client, stranger: Tenant, random_phone: str) -> None:
    refused = await nobody.post(MESSAGES, message(stranger.id, random_phone, "m1"), 409)
    assert "real phones" in refused["detail"]
    await nobody.get(EVENTS, 409, company=stranger.id, phone=random_phone)
    await nobody.get(EVENTS, 404, company="no-such-company", phone=random_phone)
    companies = {each["id"]: each["simulated"] for each in await nobody.get("/simulator/api/companies")}
    assert companies[stranger.id] is False


@pytest.mark.parametrize(
    "wrong",
    [{"phone": "5512345678"}, {"text": "  "}, {"text": "a\0"}, {"text": "x" * 4097}, {"company": "Ñ"}, {"id": ""}],
)
async def test_what_no_phone_could_send_is_refused(nobody: Client, tenant: Tenant, wrong: dict[str, str]) -> None:
    await nobody.post(MESSAGES, message(tenant.id, "+525512345678", "m1") | wrong, 422)


async def test_nothing_is_shown_as_sent_while_temporal_is_away(
    nobody: Client, without_temporal: str, tenant: Tenant, random_phone: str
) -> None:
    async with httpx2.AsyncClient(base_url=without_temporal, timeout=30) as http:
        checked(await http.post(MESSAGES, json=message(tenant.id, random_phone, "m1")), 503)
    assert await nobody.get("/simulator/api/customers", company=tenant.id) == []


async def test_pages_load_everything_from_here(nobody: Client) -> None:
    for path in ("/", "/simulator"):
        page = await nobody.http.get(path)
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "style=" not in page.text
        assert "<style" not in page.text
        addresses = [part.split('"')[0] for mark in ('src="', ' href="') for part in page.text.split(mark)[1:]]
        for address in {each for each in addresses if each.startswith("/static/")}:
            assert (await nobody.http.get(address)).status_code == 200, address


async def test_without_the_setting_there_is_no_simulator(settings: Settings, tenant: Tenant) -> None:
    async with serving(settings.model_copy(update={"perennial_simulator": False})) as url:
        async with httpx2.AsyncClient(base_url=url) as http:
            checked(await http.get("/simulator"), 404)
            checked(await http.get("/simulator/api/companies"), 404)
            checked(await http.post(MESSAGES, json=message(tenant.id, "+525512345678", "m1")), 404)
            assert tenant.id not in (await http.get("/")).text


async def test_a_page_that_goes_away_leaves_nothing_behind(settings: Settings, tenant: Tenant) -> None:
    async with serving(settings) as url:
        async with httpx2.AsyncClient(base_url=url) as http:
            for _ in range(5):
                async with watching(http, tenant.id, "+525512345678"):
                    pass

        async def healthy() -> bool:
            async with httpx2.AsyncClient(base_url=url) as http:
                return (await http.get("/api/health")).status_code == 200

        assert await eventually(healthy)
