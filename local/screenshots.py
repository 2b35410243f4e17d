"""`make screenshots`: takes the pictures of the README from a running `perennial dev`, with the system's Chromium."""

import asyncio
import shutil
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, async_playwright

from config import load
from domain.identity import CompanyId, Phone, agent_id

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
COMPANY, PHONE = CompanyId("emilio-born"), Phone("+525587654321")
MESSAGES = ("Hola, soy Ana 👋", "vi su anuncio en Instagram", "¿cuánto cuesta el programa?")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


async def main() -> None:
    """Talks in the simulator, then looks at the same agent in Temporal's Web UI."""
    settings = load()
    chromium = shutil.which("chromium") or sys.exit("install chromium first: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        await _simulator(browser, f"http://{settings.host}:{settings.port}")
        if settings.temporal_ui_url:
            await _temporal(browser, settings.temporal_ui_url, settings.temporal_namespace)
        await browser.close()


async def _simulator(browser: Browser, base: str) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 820}, locale="es-MX")
    await page.goto(f"{base}/simulator?company={COMPANY}&phone={quote(PHONE)}")
    box = page.locator("textarea").first
    bubbles = page.locator("#log .in:not(:has(.dots))")
    before = await bubbles.count()
    for message in MESSAGES:
        await box.fill(message)
        await box.press("Enter")
    await page.wait_for_function("n => document.querySelectorAll('#log .in:not(:has(.dots))').length > n", arg=before)
    await page.wait_for_timeout(1500)  # let the typing animation end; nothing is asserted on it
    await page.screenshot(path=IMAGES / "simulator.png")


async def _temporal(browser: Browser, base: str, namespace: str) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 820})
    await page.goto(f"{base}/namespaces/{namespace}/workflows/{quote(agent_id(COMPANY, PHONE), safe='')}")
    await page.get_by_text("decide").first.wait_for()
    await page.wait_for_timeout(1500)
    await page.screenshot(path=IMAGES / "temporal.png")


if __name__ == "__main__":
    asyncio.run(main())
