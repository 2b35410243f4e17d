"""Bad input is refused with what is wrong and where, and changes nothing."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from tests.api.support import Client, Tenant, checked
from tests.conftest import ADMIN_KEY

WRITE = "/api/agents/+525512345678/messages"

BAD_BODIES: list[tuple[str, Any, str]] = [
    (WRITE, {"text": "Hola"}, "body.id"),
    (WRITE, {"id": "", "text": "Hola"}, "body.id"),
    (WRITE, {"id": "1", "text": "x" * 4097}, "body.text"),
    (WRITE, {"id": "1", "text": "a\0b"}, "body.text"),
    (WRITE, {"id": "1", "text": "\ud83d"}, "body.text"),
    (WRITE, {"id": "1", "text": "Hola", "sent_at": "2026-01-01T00:00:00"}, "body.sent_at"),
    (WRITE, {"id": "1", "text": "Hola", "txet": "?"}, "body.txet"),
    (WRITE, {"id": "1", "text": "Hola", "\ud83d": 1}, "body"),
    (WRITE, {"id": "1", "text": "Hola", "kind": "Nonsense!"}, "body.kind"),
    (WRITE, ["not", "an", "object"], "body"),
    ("/api/whatsapp/send", {"to": "+525512345678", "text": ""}, "body.text"),
    ("/api/agents/+525512345678/reply", {"text": "Hola"}, "body.by"),
    ("/api/agents/+525512345678/takeover", {"by": "x" * 101}, "body.by"),
]


@pytest.mark.parametrize(("path", "body", "where"), BAD_BODIES)
async def test_a_wrong_field_is_named(tenant: Tenant, path: str, body: Any, where: str) -> None:
    headers = {"Content-Type": "application/json"}
    problem = checked(await tenant.client.http.post(path, content=json.dumps(body), headers=headers), 422)
    assert problem["type"] == "urn:perennial:invalid-input"
    assert where in [error["where"] for error in problem["errors"]]
    assert all(error["why"] for error in problem["errors"])
    await tenant.client.get("/api/agents/+525512345678", 404)


async def test_a_text_message_needs_a_text_and_other_kinds_do_not(tenant: Tenant, random_phone: str) -> None:
    address = f"/api/agents/{random_phone}/messages"
    assert "body.text" in (await tenant.client.post(address, {"id": "1", "text": "  "}, 422))["detail"]
    await tenant.client.post(address, {"id": "1", "kind": "audio"}, 202)


@pytest.mark.parametrize("raw", [b"{", b"", b"\xff", b'{"id": 1' + b"0" * 5000 + b"}"])
async def test_a_body_that_is_no_json_is_refused(tenant: Tenant, raw: bytes) -> None:
    answer = await tenant.client.http.post(WRITE, content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_json_from_a_form_of_another_site_is_not_read(tenant: Tenant) -> None:
    answer = await tenant.client.http.post(WRITE, content=b'{"id": "1"}', headers={"Content-Type": "text/plain"})
    checked(answer, 422)


async def test_bodies_are_limited_declared_or_not(tenant: Tenant, nobody: Client) -> None:
    large = b'{"id": "1", "text": "' + b"x" * 1024 * 1024 + b'"}'

    async def in_pieces() -> AsyncGenerator[bytes]:
        for start in range(0, len(large), 65536):
            yield large[start : start + 65536]

    for content in (large, in_pieces()):
        answer = await tenant.client.http.post(WRITE, content=content, headers={"Content-Type": "application/json"})
        assert checked(answer, 413)["type"] == "urn:perennial:too-large"
    hook = "/api/whatsapp/webhook"
    checked(await nobody.http.post(hook, content=b"x" * (2 * 1024 * 1024)), 403)
    checked(await nobody.http.post(hook, content=b"x" * (3 * 1024 * 1024 + 1)), 413)


async def test_unknown_addresses_and_methods_are_problems_too(nobody: Client) -> None:
    await nobody.get("/api/nothing", 404)
    await nobody.get("/static/nothing.css", 404)
    answer = await nobody.http.patch("/api/health")
    checked(answer, 405)
    assert answer.headers["allow"] == "GET"


async def test_every_answer_carries_the_same_protection(nobody: Client) -> None:
    for path in ("/api/health", "/api/nothing", "/api/agents", "/api/openapi.json"):
        headers = (await nobody.http.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def test_an_idempotency_key_is_plain_text(base_url: str, tenant: Tenant) -> None:
    headers = {b"Idempotency-Key": b"\xf1", b"X-API-Key": tenant.key.encode()}
    async with httpx2.AsyncClient(base_url=base_url, headers=headers) as http:
        body = {"to": "+525512345678", "text": "Hola"}
        assert checked(await http.post("/api/whatsapp/send", json=body), 422)["errors"][0]["where"].startswith("header")


async def test_secrets_are_in_no_answer(admin: Client, nobody: Client, stranger: Tenant) -> None:
    paths = (f"/api/companies/{stranger.id}", f"/api/companies/{stranger.id}/keys", "/api/companies", "/api/health")
    for path in paths:
        text = (await admin.http.get(path)).text
        assert not [secret for secret in ("its-token", stranger.key, ADMIN_KEY) if secret in text]
    assert ADMIN_KEY not in (await nobody.http.get("/api/openapi.json")).text
