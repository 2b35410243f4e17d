"""The simulator's page in a real browser."""

import json
import shutil
from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from tests.api.support import Tenant

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.usefixtures("agents"),
]


@pytest.fixture
async def page(base_url: str, tenant: Tenant) -> AsyncGenerator[Page]:
    """The page with this test's company; fails on any error of its scripts or its security policy."""
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(locale="es-MX", timezone_id="America/Mexico_City")
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
        await page.goto(f"{base_url}/simulator?company={tenant.id}")
        yield page
        await browser.close()
    assert errors == []


async def test_a_customer_is_invented_writes_and_gets_an_answer(page: Page, tenant: Tenant) -> None:
    address = f"/api/companies/{tenant.id}"
    settings = await tenant.client.get(address)
    settings["pacing"]["typing_ms_per_character"] = 50  # somebody who answers at once is never seen typing
    await tenant.client.put(address, settings)
    await expect(page.locator(".brain")).to_contain_text("Cerebro simulado")
    await page.get_by_role("button", name="Nuevo cliente").click()
    await expect(page.locator("#customer-phone")).to_contain_text("+52 55")
    text = page.get_by_label("Mensaje", exact=True)
    await text.fill("Hola")
    await text.press("Shift+Enter")
    await text.type("<b>¿cuánto</b> *cuesta*?")
    await text.press("Enter")
    await expect(page.locator(".bubble.in .meta")).to_have_count(1, timeout=20_000)
    mine = page.locator(".bubble.out")
    await expect(mine).to_contain_text("Hola\n<b>¿cuánto</b> cuesta?", use_inner_text=True)
    await expect(mine.get_by_role("img", name="leído")).to_be_visible()
    await page.reload()
    await expect(page.locator(".bubble .meta")).to_have_count(2)
    phone = page.url.rsplit("phone=", 1)[1].replace("%2B", "+")
    assert (await tenant.client.get(f"/api/agents/{phone}"))["customer"]["name"]


async def test_what_could_not_be_delivered_is_sent_again_with_the_same_id(page: Page, tenant: Tenant) -> None:
    ids: list[str] = []

    async def away_twice(route: Route) -> None:
        body: dict[str, str] = json.loads(route.request.post_data or "{}")
        ids.append(body["id"])
        await (route.fulfill(status=503, json={"detail": "away"}) if len(ids) < 3 else route.continue_())

    await page.route("**/simulator/api/messages", away_twice)
    await page.get_by_role("button", name="Nuevo cliente").click()
    await page.get_by_label("Mensaje", exact=True).fill("Hola")
    await page.get_by_label("Mensaje", exact=True).press("Enter")
    await expect(page.get_by_role("img", name="pendiente")).to_be_visible()
    await expect(page.locator(".bubble.in .meta")).to_have_count(1, timeout=20_000)
    await expect(page.locator(".bubble.out")).to_have_count(1)
    assert len(ids) == 3
    assert len(set(ids)) == 1
