"""Who may do what."""

import httpx2
import pytest

from tests.api.support import Client, Tenant, checked
from tests.conftest import ADMIN_KEY

ROUTES = ("/api/agents", "/api/agents/stats", "/api/agents/+525512345678", "/api/whatsapp/status", "/api/companies")


@pytest.mark.parametrize("path", ROUTES)
async def test_nothing_is_shown_without_a_valid_key(nobody: Client, tenant: Tenant, path: str) -> None:
    secret_of_another = tenant.key.rsplit("_", 1)[0] + "_" + "x" * 43
    for headers in ({}, {"X-API-Key": "no"}, {"X-API-Key": secret_of_another}, {"Authorization": "Basic abc"}):
        answer = await nobody.http.get(path, headers=headers)
        checked(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
    checked(await nobody.http.get(path, headers={b"X-API-Key": b"\xff\xfe\xe9"}), 401)


async def test_a_key_opens_its_own_company_by_either_header(nobody: Client, tenant: Tenant) -> None:
    for headers in ({"X-API-Key": tenant.key}, {"Authorization": f"Bearer {tenant.key}"}):
        status = checked(await nobody.http.get("/api/whatsapp/status", headers=headers), 200)
        assert status == {"company": tenant.id, "channel": "simulator", "phone_number_id": None, "link": "simulated"}
    await tenant.client.get("/api/whatsapp/status", company=tenant.id)


async def test_a_key_opens_no_other_company(tenant: Tenant, stranger: Tenant) -> None:
    for path in ("/api/agents", "/api/agents/stats", "/api/whatsapp/status", "/api/agents/+525512345678/messages"):
        await tenant.client.get(path, 403, company=stranger.id)
        await tenant.client.get(path, 403, company="no-such-company")
    company = f"/api/companies/{stranger.id}"
    await tenant.client.get(company, 403)
    await tenant.client.get(f"{company}/products", 403)
    await tenant.client.put(f"{company}/products", {"products": []}, 403)
    await tenant.client.post("/api/agents/+525512345678/takeover?company=" + stranger.id, {"by": "eve"}, 403)
    assert (await stranger.client.get(f"{company}/products"))["products"]


async def test_keys_and_the_list_of_companies_are_the_admins(tenant: Tenant) -> None:
    await tenant.client.get("/api/companies", 403)
    await tenant.client.get(f"/api/companies/{tenant.id}/keys", 403)
    await tenant.client.post(f"/api/companies/{tenant.id}/keys", {}, 403)
    await tenant.client.delete(f"/api/companies/{tenant.id}/keys/abc", 403)


async def test_the_admin_names_the_company(admin: Client, tenant: Tenant) -> None:
    assert "?company=" in (await admin.get("/api/agents", 422))["detail"]
    await admin.get("/api/agents", 404, company="no-such-company")
    await admin.get("/api/agents", 422, company="Not A Slug")
    assert await admin.get("/api/agents", company=tenant.id) == {"agents": [], "next_cursor": None}


async def test_a_key_is_shown_once_and_can_be_revoked(admin: Client, nobody: Client, tenant: Tenant) -> None:
    keys = f"/api/companies/{tenant.id}/keys"
    made = await admin.post(keys, {"label": "CRM"}, 201)
    listed = (await admin.get(keys))["keys"]
    assert (listed[0]["key_id"], listed[0]["label"]) == (made["key_id"], "CRM")
    assert made["key"] not in str(listed)
    mine = {"X-API-Key": made["key"]}
    checked(await nobody.http.get("/api/agents", headers=mine), 200)
    await admin.delete(f"{keys}/{made['key_id']}")
    checked(await nobody.http.get("/api/agents", headers=mine), 401)
    await admin.delete(f"{keys}/{made['key_id']}")
    await admin.delete(f"{keys}/0123456789abcdef", 404)
    await admin.post("/api/companies/no-such-company/keys", {}, 404)


async def test_the_admin_key_is_compared_as_a_whole(base_url: str) -> None:
    for wrong in (ADMIN_KEY[:-1], ADMIN_KEY + "x", ADMIN_KEY.upper(), ""):
        async with httpx2.AsyncClient(base_url=base_url) as http:
            checked(await http.get("/api/companies", headers={"X-API-Key": wrong}), 401)
