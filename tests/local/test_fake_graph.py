"""The fake Graph API keeps Meta's rules: it is what every other test of a message's way trusts."""

import asyncio
import hashlib
import hmac
import json
import socket
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from local.fake_graph import FakeGraph, Settings, create_app, serve

Json = dict[str, Any]

NUMBER = "106540352242922"
ANA = "+525512345678"
SECRET = "app-secret"


@dataclass
class Business:
    """The business's webhook: answers with the next of `answers`, then 200, and keeps what came."""

    answers: list[int] = field(default_factory=list[int])
    received: list[httpx2.Request] = field(default_factory=list[httpx2.Request])

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.received.append(request)
        return httpx2.Response(self.answers.pop(0) if self.answers else 200)

    def values(self) -> list[Json]:
        return [json.loads(request.content)["entry"][0]["changes"][0]["value"] for request in self.received]

    def statuses(self) -> list[Json]:
        return [status for value in self.values() for status in value.get("statuses", [])]


@dataclass
class Fake:
    """A fake in this process, called over ASGI as a business and as a test would."""

    http: httpx2.AsyncClient
    graph: FakeGraph
    business: Business

    async def control(self, path: str, **body: object) -> Json:
        answer = await self.http.post(f"/_control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, body: object, *, number: str = NUMBER, token: str = "local-token") -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.http.post(f"/v26.0/{number}/messages", content=json.dumps(body), headers=headers)

    async def send(self, **change: object) -> httpx2.Response:
        body = {"messaging_product": "whatsapp", "to": ANA, "type": "text", "text": {"body": "Hola"}}
        body |= {"biz_opaque_callback_data": "a.1.0"}
        return await self.post({key: value for key, value in {**body, **change}.items() if value is not None})

    async def log(self, *events: str) -> list[Json]:
        entries: list[Json] = (await self.http.get("/_control/log")).json()
        return [entry for entry in entries if entry["event"] in events]


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncGenerator[Fake, None]:
    business = Business()
    settings = Settings(
        webhook_url="http://business.test/webhook",
        app_secret=SECRET,
        numbers={NUMBER: "local-token", "222": "other-token"},
        first_retry=0.001,
        longest_retry=0.002,
        log_file=tmp_path / "log.jsonl",
    )
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(business)) as webhooks:
        app = create_app(settings, webhooks)
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://graph.test") as http:
            yield Fake(http, app.state.graph, business)
        await app.state.graph.close()


def code(answer: httpx2.Response) -> int:
    return answer.json()["error"]["code"]


async def test_a_conversation(fake: Fake) -> None:
    said = await fake.control("says", customer=ANA, text="¿Llega hoy? 😀", wamid="wamid.in")
    assert said == {"status": 200, "attempts": 1, "wamid": "wamid.in"}
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.in"}
    assert (await fake.post({**read, "typing_indicator": {"type": "text"}})).json() == {"success": True}
    answer = await fake.send()
    await fake.graph.webhooks.idle()
    wamid = answer.json()["messages"][0]["id"]
    assert answer.json()["contacts"] == [{"input": ANA, "wa_id": "525512345678"}]
    assert [(status["status"], status["id"]) for status in fake.business.statuses()] == [
        ("sent", wamid),
        ("delivered", wamid),
    ]
    assert {status["biz_opaque_callback_data"] for status in fake.business.statuses()} == {"a.1.0"}
    told = [entry["event"] for entry in await fake.log("inbound", "read", "accepted", "answered", "webhook")]
    assert sorted(told) == ["accepted", "answered", "inbound", "read", "webhook", "webhook", "webhook"]
    (accepted,) = await fake.log("accepted")
    assert (accepted["to"], accepted["text"], accepted["callback_data"]) == (ANA, "Hola", "a.1.0")


async def test_webhooks_are_signed_over_the_bytes_as_meta_writes_them(fake: Fake) -> None:
    await fake.control("says", customer=ANA, text="¡Sí! 😀 a/b")
    (request,) = fake.business.received
    assert rb'"\u00a1S\u00ed! \ud83d\ude00 a\/b"' in request.content
    expected = hmac.new(SECRET.encode(), request.content, hashlib.sha256).hexdigest()
    assert request.headers["X-Hub-Signature-256"] == f"sha256={expected}"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"messaging_product": None}, 100),
        ({"to": "525512345678"}, 100),
        ({"to": "+52 55 1234 5678"}, 100),
        ({"to": None}, 100),
        ({"to": None, "recipient": "ana"}, 100),
        ({"recipient_type": "group"}, 100),
        ({"text": None}, 100),
        ({"text": {"body": ""}}, 100),
        ({"text": {"body": "x" * 4097}}, 100),
        ({"biz_opaque_callback_data": "x" * 513}, 100),
        ({"type": "image"}, 131051),
        ({"status": "delivered"}, 100),
    ],
)
async def test_a_wrong_body_is_refused(fake: Fake, change: dict[str, object], error: int) -> None:
    await fake.control("says", customer=ANA, text="Hola")
    answer = await fake.send(**change)
    assert (answer.status_code, code(answer)) == (400, error)
    assert not await fake.log("accepted")


async def test_the_token_must_be_known_and_for_this_number(fake: Fake) -> None:
    wrong = [(NUMBER, "nobody's"), ("999", "local-token"), (NUMBER, "other-token")]
    answers = [await fake.post({}, number=number, token=token) for number, token in wrong]
    assert [(answer.status_code, code(answer)) for answer in answers] == [(401, 190), (400, 100), (403, 10)]
    assert answers[1].json()["error"]["error_subcode"] == 33


async def test_the_window_opens_when_the_customer_writes_and_closes_a_day_later(fake: Fake) -> None:
    assert code(await fake.send()) == 131047
    await fake.control("says", customer=ANA, text="Hola", at=1_700_000_000)
    assert code(await fake.send()) == 131047
    await fake.control("says", customer="+5215512345678", text="Hola")
    assert (await fake.send()).status_code == 200
    await fake.control("close-window", customer=ANA, number=NUMBER)
    assert code(await fake.send()) == 131047
    await fake.control("settings", window=False)
    assert (await fake.send()).status_code == 200


async def test_a_customer_who_hides_the_phone(fake: Fake) -> None:
    await fake.control("says", user_id="US.1349", text="Hola")
    assert "from" not in fake.business.values()[0]["messages"][0]
    answer = await fake.send(to=None, recipient="US.1349")
    assert answer.json()["contacts"] == [{"input": "US.1349", "user_id": "US.1349"}]


async def test_limits(fake: Fake) -> None:
    await fake.control("settings", window=False, pair_limit=True)
    answers = [await fake.send() for _ in range(46)]
    assert [answer.status_code for answer in answers[:45]] == [200] * 45
    assert code(answers[45]) == 131056
    await fake.control("settings", pair_limit=False, throughput=2)
    assert [(await fake.send()).status_code for _ in range(3)] == [200, 200, 400]


async def test_scripted_failures_come_in_order_and_only_to_whom_they_are_for(fake: Fake) -> None:
    await fake.control("settings", window=False)
    await fake.control("script", outcome="error", http=400, code=131056, to="+5215512345678")
    await fake.control("script", outcome="html", http=502)
    other, ana, again = await fake.send(to="+16505551234"), await fake.send(), await fake.send()
    assert (other.status_code, other.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert (code(ana), again.status_code) == (131056, 200)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({"statuses": ["sent", "sent", "delivered", "delivered"]}, ["sent", "sent", "delivered", "delivered"]),
        ({"statuses": ["read", "sent"]}, ["read", "sent"]),
        ({"statuses": []}, []),
        ({"outcome": "accept_without_id"}, ["sent", "delivered"]),
    ],
)
async def test_statuses_are_as_scripted(fake: Fake, plan: Json, expected: list[str]) -> None:
    await fake.control("settings", window=False)
    await fake.control("script", **plan)
    await fake.send()
    await fake.graph.webhooks.idle()
    assert [status["status"] for status in fake.business.statuses()] == expected


async def test_a_late_failure_comes_without_contacts(fake: Fake) -> None:
    await fake.control("settings", window=False)
    await fake.control("script", statuses=["sent", "failed"], code=131026)
    await fake.send()
    await fake.graph.webhooks.idle()
    assert ["contacts" in value for value in fake.business.values()] == [True, False]
    assert fake.business.statuses()[1]["errors"][0]["code"] == 131026


async def test_webhooks_come_again_until_they_are_answered_200(fake: Fake) -> None:
    fake.business.answers = [503, 500, 200, 503, 200, 200]
    said = await fake.control("says", customer=ANA, text="Hola", redeliver=True)
    assert (said["status"], said["attempts"]) == (200, 3)
    await fake.send()
    await fake.graph.webhooks.idle()
    assert [entry["http"] for entry in await fake.log("webhook")] == [503, 500, 200, 503, 200, 200]
    fake.business.answers = [503]
    assert (await fake.control("says", customer=ANA, text="Hola"))["status"] == 503


async def test_any_bytes_can_be_delivered_and_forged(fake: Fake) -> None:
    value: Json = {"metadata": {"phone_number_id": NUMBER}, "messages": [{"from": ANA[1:], "id": "wamid.raw"}]}
    for raw in (b"{", json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()):
        answer = await fake.http.post("/_control/deliver", content=raw, params={"signature": "sha256=forged"})
        assert answer.json()["status"] == 200
        assert fake.business.received[-1].content == raw
    assert {request.headers["X-Hub-Signature-256"] for request in fake.business.received} == {"sha256=forged"}
    assert (await fake.send()).status_code == 200  # the window is open: the customer did write


async def test_a_held_send_waits_for_its_release(fake: Fake) -> None:
    await fake.control("settings", window=False)
    await fake.control("hold", nth=2)
    assert (await fake.send()).status_code == 200
    held = asyncio.create_task(fake.send())
    await asyncio.wait_for(fake.graph.gate.until_held(1), 5)
    assert (await fake.http.get("/_control/state")).json()["held"] == 1
    assert (await fake.send()).status_code == 200
    assert len(await fake.log("accepted")) == 2
    assert await fake.control("release") == {"released": 1}
    assert (await held).status_code == 200
    assert [entry["event"] for entry in await fake.log("held", "released")] == ["held", "released"]


async def test_reset_forgets_all_but_the_file(fake: Fake, tmp_path: Path) -> None:
    await fake.control("says", customer=ANA, text="Hola")
    await fake.send()
    assert await fake.control("reset") == {"held": 0, "plans": 0, "webhooks": 0}
    assert [entry["event"] for entry in await fake.log("inbound", "accepted", "reset")] == ["reset"]
    assert code(await fake.send()) == 131047
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1))
    assert {"inbound", "accepted", "reset", "refused"} <= {line["event"] for line in lines}
    (later,) = (await fake.http.get("/_control/log", params={"after": len(lines) - 1})).json()
    assert later["event"] == "refused"


@pytest.mark.parametrize(("outcome", "accepted"), [("accept_then_drop", 1), ("drop", 0)])
async def test_a_dropped_connection_gives_not_one_byte(outcome: str, accepted: int) -> None:
    business = Business()
    settings = Settings(webhook_url="http://business.test/", app_secret=SECRET, window=False)
    async with (
        httpx2.AsyncClient(transport=httpx2.MockTransport(business)) as webhooks,
        serve(settings, webhooks) as real,
    ):
        async with httpx2.AsyncClient(base_url=real.url) as http:
            caller = Fake(http, real.graph, business)
            await caller.control("script", outcome=outcome)
            with pytest.raises(httpx2.RemoteProtocolError, match="without sending a response"):
                await caller.send()
            await real.graph.webhooks.idle()
            assert len(await caller.log("accepted")) == accepted
            assert len(business.statuses()) == 2 * accepted


async def test_it_runs_as_a_program(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = ["--port", port, "--webhook-url", "http://127.0.0.1:1/", "--app-secret", SECRET, "--log", log]
    program = await asyncio.create_subprocess_exec(sys.executable, "-m", "local.fake_graph", *map(str, arguments))
    try:
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", transport=httpx2.AsyncHTTPTransport(retries=8)
        ) as http:
            said = await http.post("/_control/says", json={"customer": ANA, "text": "Hola"}, timeout=30)
            assert said.json()["status"] is None
            script = {"outcome": "accept_then_drop"}
            assert (await http.post("/_control/script", json=script)).json()["plans"] == 1
            with pytest.raises(httpx2.RemoteProtocolError, match="without sending a response"):
                await Fake(http, FakeGraph(Settings(webhook_url="x", app_secret="x"), http), Business()).send()
    finally:
        program.terminate()
        await program.wait()
    told = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert told[:4] == ["inbound", "webhook", "accepted", "answered"]
