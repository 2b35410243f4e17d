"""Companies: settings, products, and the token that is never shown again."""

from typing import Any

from connections import Connections
from tests.api.support import Client, Tenant
from tests.conftest import CompanyMaker


def as_body(file: Any) -> dict[str, Any]:
    return file.company().model_dump(mode="json")


async def test_the_admin_creates_a_company_and_everybody_sees_it(admin: Client, make_company: CompanyMaker) -> None:
    file = make_company()
    await admin.get(f"/api/companies/{file.id}", 404)
    assert await admin.put(f"/api/companies/{file.id}", as_body(file)) == {"id": file.id, "version": 1}
    assert {"id": file.id, "name": file.name} in (await admin.get("/api/companies"))["companies"]


async def test_what_get_shows_put_takes(tenant: Tenant) -> None:
    address = f"/api/companies/{tenant.id}"
    shown = await tenant.client.get(address)
    assert (await tenant.client.put(address, shown | {"name": "Otra"}))["version"] == 2
    assert (await tenant.client.get(address))["name"] == "Otra"
    assert (await tenant.client.get(f"{address}/products"))["products"], "settings leave the products alone"


async def test_the_access_token_is_kept_when_it_is_left_out(connections: Connections, stranger: Tenant) -> None:
    address = f"/api/companies/{stranger.id}"
    shown = await stranger.client.get(address)
    assert "access_token" not in shown["channel"]
    await stranger.client.put(address, shown)
    _, account = await connections.companies.account(stranger.id)
    assert account.access_token
    assert account.access_token.get_secret_value() == "its-token"
    status = await stranger.client.get("/api/whatsapp/status")
    assert (status["channel"], status["link"], status["phone_number_id"]) == ("cloud_api", "ready", stranger.number)


async def test_wrong_settings_are_refused_and_change_nothing(tenant: Tenant, stranger: Tenant) -> None:
    address = f"/api/companies/{tenant.id}"
    good = await tenant.client.get(address)
    wrong: list[dict[str, Any]] = [
        {"timezone": "Mexico"},
        {"id": "another-id"},
        {"pacing": {"max_bubbles": 99}},
        {"unknown": 1},
        {"name": "a\0b"},
        {"channel": {"kind": "cloud_api", "phone_number_id": stranger.number}},
    ]
    for change in wrong:
        await tenant.client.put(address, good | change, 422)
    assert await tenant.client.get(address) == good


async def test_products_are_replaced_as_a_whole(tenant: Tenant, admin: Client) -> None:
    address = f"/api/companies/{tenant.id}/products"
    one = {"sku": "B", "name": "Curso", "price": "99.50", "currency": "MXN"}
    two = one | {"sku": "A"}
    await tenant.client.put(address, {"products": [one, two]})
    assert [product["sku"] for product in (await tenant.client.get(address))["products"]] == ["B", "A"]
    await tenant.client.put(address, {"products": [one, one]}, 422)
    await tenant.client.put(address, {"products": [one | {"price": "-1"}]}, 422)
    assert len((await tenant.client.get(address))["products"]) == 2
    await admin.put("/api/companies/no-such-company/products", {"products": []}, 404)
