"""The Cloud API's client against the fake Graph API, over a real connection."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Callable

import httpx2
import pytest
from pydantic import JsonValue, SecretStr

from channels.base import Account, OutboundText, SendRefused
from channels.cloud_api import CloudApi
from domain.delivery import FailureKind
from domain.identity import CompanyId, Phone
from domain.messages import MAX_TEXT
from local.fake_graph import Plan, Served, Settings, serve
from local.fake_graph.gate import Hold
from local.fake_graph.inbound import Says

TOKEN = "EAAG-very-secret"
NUMBER = "106540352242922"
ANA = Phone("+525512345678")
HIDDEN = Phone("US.13491208655302741918")
ACCOUNT = Account(company=CompanyId("emilio-born"), phone_number_id=NUMBER, access_token=SecretStr(TOKEN))
BUBBLE = OutboundText(id="a1b2.7.0", to=ANA, text="Claro, llega mañana 😀")


def accepts(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200)


@pytest.fixture(scope="module")
async def served() -> AsyncGenerator[Served, None]:
    settings = Settings(webhook_url="http://business.test/", app_secret="s", numbers={NUMBER: TOKEN, "222": "other"})
    async with (
        httpx2.AsyncClient(transport=httpx2.MockTransport(accepts)) as webhooks,
        serve(settings, webhooks) as fake,
    ):
        yield fake


@pytest.fixture
async def fake(served: Served) -> Served:
    await served.graph.reset()
    await served.graph.inbound.says(Says(customer=ANA, user_id=HIDDEN, text="¿Llega hoy?", wamid="wamid.in"))
    return served


@pytest.fixture
async def http() -> AsyncGenerator[httpx2.AsyncClient, None]:
    async with httpx2.AsyncClient() as client:
        yield client


def events(fake: Served, *names: str) -> list[dict[str, JsonValue]]:
    return [entry for entry in fake.graph.journal.entries() if entry["event"] in names]


async def refusal(api: CloudApi, account: Account = ACCOUNT, message: OutboundText = BUBBLE) -> SendRefused:
    """The refusal of a send, which never says who, what, or with which token."""
    with pytest.raises(SendRefused) as raised:
        await api.send(account, message)
    error = raised.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not any(secret in f"{error} {error!r} {error.args}" for secret in (message.text or "∅", ANA[1:], TOKEN))
    return error


async def test_a_text_reaches_the_customer_with_our_id(fake: Served, http: httpx2.AsyncClient) -> None:
    wamid = await CloudApi(http, fake.url + "/", "v26.0").send(ACCOUNT, BUBBLE)
    (accepted,) = events(fake, "accepted")
    assert accepted["wamid"] == wamid
    assert (accepted["to"], accepted["text"], accepted["callback_data"]) == (ANA, BUBBLE.text, BUBBLE.id)


async def test_a_hidden_phone_is_reached_by_user_id(fake: Served, http: httpx2.AsyncClient) -> None:
    await CloudApi(http, fake.url, "v26.0").send(ACCOUNT, BUBBLE.model_copy(update={"to": HIDDEN}))
    assert events(fake, "accepted")[0]["to"] == HIDDEN


@pytest.mark.parametrize("typing", [True, False])
async def test_seen_and_typing_are_one_call(fake: Served, http: httpx2.AsyncClient, typing: bool) -> None:
    await CloudApi(http, fake.url, "v26.0").seen(ACCOUNT, ANA, "wamid.in", typing=typing)
    assert [(entry["message_id"], entry["typing"]) for entry in events(fake, "read")] == [("wamid.in", typing)]


async def test_seen_is_refused_for_a_message_nobody_wrote(fake: Served, http: httpx2.AsyncClient) -> None:
    with pytest.raises(SendRefused) as raised:
        await CloudApi(http, fake.url, "v26.0").seen(ACCOUNT, ANA, "wamid.other", typing=True)
    assert (raised.value.kind, raised.value.code) == (FailureKind.PERMANENT, "131009")


async def test_a_closed_window(fake: Served, http: httpx2.AsyncClient) -> None:
    fake.graph.limits.close_window(NUMBER, ANA[1:])
    error = await refusal(CloudApi(http, fake.url, "v26.0"))
    assert (error.kind, error.code) == (FailureKind.WINDOW_CLOSED, "131047")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"access_token": SecretStr("revoked")}, "190"),
        ({"access_token": SecretStr("other")}, "10"),
        ({"phone_number_id": "333"}, "100"),
        ({"access_token": None}, None),
        ({"access_token": SecretStr(TOKEN + "\n")}, None),
        ({"access_token": SecretStr(TOKEN + "é")}, None),
        ({"phone_number_id": ""}, None),
        ({"phone_number_id": "../me"}, None),
    ],
)
async def test_a_wrong_account_is_for_the_operator(
    fake: Served, http: httpx2.AsyncClient, change: dict[str, object], code: str | None
) -> None:
    error = await refusal(CloudApi(http, fake.url, "v26.0"), ACCOUNT.model_copy(update=change))
    assert (error.kind, error.code) == (FailureKind.OPERATOR, code)


@pytest.mark.parametrize("text", ["", " \n ", "x" * (MAX_TEXT + 1)])
async def test_a_text_no_message_can_hold_is_not_even_sent(fake: Served, http: httpx2.AsyncClient, text: str) -> None:
    api = CloudApi(http, fake.url, "v26.0")
    with pytest.raises(SendRefused) as raised:
        await api.send(ACCOUNT, BUBBLE.model_copy(update={"text": text}))
    assert raised.value.kind is FailureKind.PERMANENT
    assert not events(fake, "accepted", "refused")


@pytest.mark.parametrize("text", ["x" * MAX_TEXT, '"\\ \u2028 \x07 ¡ñ! 👨‍👩‍👧'])
async def test_any_other_text_arrives_as_it_is(fake: Served, http: httpx2.AsyncClient, text: str) -> None:
    await CloudApi(http, fake.url, "v26.0").send(ACCOUNT, BUBBLE.model_copy(update={"text": text}))
    assert events(fake, "accepted")[0]["text"] == text


@pytest.mark.parametrize(
    ("plan", "kind", "accepted"),
    [
        (Plan(outcome="html", http=502), FailureKind.UNKNOWN, 0),
        (Plan(outcome="error", http=500, code=131000), FailureKind.RETRY, 0),
        (Plan(outcome="error", http=503, code=2), FailureKind.RETRY, 0),
        (Plan(outcome="error", http=400, code=131056), FailureKind.PAIR_LIMIT, 0),
        (Plan(outcome="drop"), FailureKind.UNKNOWN, 0),
        (Plan(outcome="accept_then_drop"), FailureKind.UNKNOWN, 1),
        (Plan(outcome="accept_without_id"), FailureKind.UNKNOWN, 1),
    ],
)
async def test_what_went_wrong_decides_what_is_next(
    fake: Served, http: httpx2.AsyncClient, plan: Plan, kind: FailureKind, accepted: int
) -> None:
    fake.graph.script(plan)
    assert (await refusal(CloudApi(http, fake.url, "v26.0"))).kind is kind
    assert len(events(fake, "accepted")) == accepted


async def test_one_dropped_connection_does_not_spoil_the_next_send(fake: Served, http: httpx2.AsyncClient) -> None:
    api = CloudApi(http, fake.url, "v26.0")
    await api.send(ACCOUNT, BUBBLE)
    fake.graph.script(Plan(outcome="accept_then_drop"))
    await refusal(api)
    await api.send(ACCOUNT, BUBBLE)
    assert len(events(fake, "accepted")) == 3


async def test_no_answer_in_time_is_unknown(fake: Served, http: httpx2.AsyncClient) -> None:
    fake.graph.gate.close(Hold(where="after"))
    error = await refusal(CloudApi(http, fake.url, "v26.0", total_seconds=0.1))
    assert error.kind is FailureKind.UNKNOWN
    assert len(events(fake, "accepted")) == 1
    fake.graph.gate.release()


async def test_the_whole_call_has_a_limit_of_its_own() -> None:
    """The client's read timeout restarts with each byte: a trickling answer would hold the send for hours."""

    async def never(_: httpx2.Request) -> httpx2.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(never)) as http:
        error = await refusal(CloudApi(http, "http://graph.test", "v26.0", total_seconds=0.05))
    assert (error.kind, error.detail) == (FailureKind.UNKNOWN, "no answer from the Graph API: TimeoutError")


async def test_nobody_listening_is_proven_not_sent(http: httpx2.AsyncClient) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        api = CloudApi(http, f"http://127.0.0.1:{bound.getsockname()[1]}", "v26.0")
        assert (await refusal(api)).kind is FailureKind.RETRY


@pytest.mark.parametrize("answer", [b"", b"<html>", b"{}", b'{"messages":[]}', b'{"messages":[{"id":""}]}', b"null"])
async def test_a_success_without_an_id_is_unknown(answer: bytes) -> None:
    async with client(lambda _: httpx2.Response(200, content=answer)) as http:
        assert (await refusal(CloudApi(http, "http://graph.test", "v26.0"))).kind is FailureKind.UNKNOWN


async def test_the_clients_own_errors_never_carry_the_token() -> None:
    def fails(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.LocalProtocolError(f"Illegal header value {request.headers['Authorization']!r}")

    async with client(fails) as http:
        assert (await refusal(CloudApi(http, "http://graph.test", "v26.0"))).kind is FailureKind.UNKNOWN


async def test_the_request_is_as_documented() -> None:
    seen: list[httpx2.Request] = []

    def answers(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={"messages": [{"id": "wamid.X"}], "contacts": []})

    async with client(answers) as http:
        assert await CloudApi(http, "http://graph.test", "v26.0").send(ACCOUNT, BUBBLE) == "wamid.X"
    assert str(seen[0].url) == f"http://graph.test/v26.0/{NUMBER}/messages"
    assert (seen[0].headers["Authorization"], seen[0].headers["Content-Type"]) == (
        f"Bearer {TOKEN}",
        "application/json",
    )
    assert json.loads(seen[0].content) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": ANA,
        "type": "text",
        "text": {"body": BUBBLE.text, "preview_url": False},
        "biz_opaque_callback_data": BUBBLE.id,
    }


def client(handler: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.MockTransport(handler))
