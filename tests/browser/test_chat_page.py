"""The chat page in Chromium: what a customer sees, with and without a line, by hand and by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from onethread.app import House
from tests.browser.conftest import EMBEDDER_PORT, listen
from tests.fakes.echo import EchoWorker
from tests.web.house import Site, new_port, open_site

pytestmark = pytest.mark.browser
WIDTHS = {"phone": (360, 740), "desktop": (1280, 860)}


async def open_chat(browser: Browser, site: Site, complaints: list[str], width: str = "desktop") -> Page:
    wide, high = WIDTHS[width]
    context = await browser.new_context(viewport={"width": wide, "height": high})
    page = listen(await context.new_page(), complaints)
    await page.goto(f"{site.url}/chat")
    await expect(page.locator('onethread-chat[data-line="open"]')).to_be_visible()
    return page


async def say(page: Page, words: str) -> None:
    await page.get_by_label("Your message").fill(words)
    await page.keyboard.press("Enter")


async def bubbles(page: Page) -> list[str]:
    return await page.locator(".entry:not(.house) .bubble").all_inner_texts()


async def test_a_conversation_survives_a_reload_and_shows_in_a_second_tab(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    await say(page, "Where is my order?")
    await expect(page.locator(".entry.bot .bubble")).to_have_text("echo Where is my order?")
    await expect(page.locator(".entry.me .tick")).to_have_text("Seen")
    await page.reload()
    await expect(page.locator(".entry.bot .bubble")).to_have_text("echo Where is my order?")
    second = listen(await page.context.new_page(), complaints)
    await second.goto(f"{site.url}/chat")
    await expect(second.locator(".entry.bot .bubble")).to_have_count(1)
    await say(second, "and from here")
    await expect(page.locator(".entry.bot .bubble")).to_have_count(2)
    assert await bubbles(page) == await bubbles(second)
    assert complaints == []


async def test_what_is_written_while_the_server_is_away_arrives_once(
    browser: Browser, house: House, worker: EchoWorker, complaints: list[str]
) -> None:
    async with open_site(house) as site:
        page = await open_chat(browser, site, complaints)
        await say(page, "before")
        await expect(page.locator(".entry.bot .bubble")).to_have_count(1)
    await expect(page.locator(".line-state")).to_be_visible()
    await say(page, "while away")
    await expect(page.locator(".entry.me .tick").last).to_have_text("Waiting to be sent")
    async with open_site(house):
        await expect(page.locator(".entry.bot .bubble")).to_have_count(2, timeout=20_000)
        await expect(page.locator(".line-state")).to_be_hidden()
        assert await bubbles(page) == ["before", "echo before", "while away", "echo while away"]
    assert complaints == []


async def test_without_a_network_the_page_says_so_and_sends_later(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    await page.context.set_offline(True)
    await expect(page.locator(".line-state")).to_contain_text("Offline")
    await page.context.set_offline(False)
    await say(page, "back again")
    await expect(page.locator(".entry.bot .bubble")).to_have_text("echo back again", timeout=20_000)


async def test_an_unsent_message_survives_a_reload(
    browser: Browser, house: House, worker: EchoWorker, complaints: list[str]
) -> None:
    async with open_site(house) as site:
        page = await open_chat(browser, site, complaints)
        await page.evaluate(
            "sessionStorage.setItem('onethread.outbox', JSON.stringify([{type: 'message',"
            " id: '11111111-1111-4111-8111-111111111111', text: 'kept', at: new Date().toISOString()}]))"
        )
        await page.reload()
        await expect(page.locator(".entry.bot .bubble")).to_have_text("echo kept")
        await page.reload()
        await expect(page.locator(".entry.bot .bubble")).to_have_count(1)


async def test_everything_works_from_the_keyboard(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    await page.keyboard.press("Tab")
    while not await page.get_by_label("Your message").evaluate("box => box === document.activeElement"):
        await page.keyboard.press("Tab")
    await page.keyboard.type("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await expect(page.locator(".entry.me .bubble")).to_have_text("first line\nsecond line")
    choice = page.get_by_role("button", name="Talk to a person")
    await expect(choice).to_be_enabled()
    while not await choice.evaluate("button => button === document.activeElement"):
        await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Space")
    await expect(page.locator(".entry.me .bubble")).to_have_count(2)
    await expect(choice.first).to_be_disabled()
    await expect(page.get_by_label("Your message")).to_be_focused()


async def test_what_is_written_is_only_text(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    hostile = "<img src=x onerror=alert(1)> javascript:alert(1) https://example.com/a?b=<c> {{7*7}}"
    await say(page, hostile)
    await expect(page.locator(".entry.bot .bubble")).to_have_text(f"echo {hostile}")
    assert await page.locator(".log img, .log script").count() == 0
    links = [await link.get_attribute("href") for link in await page.locator(".entry.me a").all()]
    assert links == ["https://example.com/a?b="]
    assert await page.locator(".entry.me a").first.get_attribute("rel") == "noopener noreferrer nofollow"
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str], width: str, scheme: str
) -> None:
    page = await open_chat(browser, site, complaints, width)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await say(page, "Where is my order 1042? See https://example.com")
    await expect(page.locator(".entry.bot .bubble")).to_have_count(1)
    await say(page, "and when does it arrive?")
    await expect(page.locator(".entry.bot .bubble")).to_have_count(2)
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@asynccontextmanager
async def shop_page(port: int, body: str) -> AsyncIterator[str]:
    """Another site on loopback that answers everything with one page."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\n"
        writer.write(f"{head}connection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", port):
        yield f"http://127.0.0.1:{port}/"


async def test_the_widget_works_on_a_site_that_may_embed_it_and_nowhere_else(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    context = await browser.new_context(viewport={"width": 1000, "height": 800})
    shop = (
        "<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1>"
        f"<script src='{site.url}/chat/widget.js' async></script>"
    )
    page = listen(await context.new_page(), complaints)
    async with shop_page(EMBEDDER_PORT, shop) as allowed, shop_page(new_port(), shop) as other:
        await page.goto(allowed)
        await page.get_by_role("button", name="Open chat").click()
        frame = page.frame_locator("iframe")
        await frame.get_by_label("Your message").fill("from the shop")
        await frame.get_by_role("button", name="Send").click()
        await expect(frame.locator(".entry.bot .bubble")).to_have_text("echo from the shop")
        await frame.get_by_role("button", name="Close chat").click()
        await expect(page.get_by_role("button", name="Open chat")).to_be_focused()
        assert complaints == []
        await page.goto(other)
        await page.get_by_role("button", name="Open chat").click()
        await page.wait_for_timeout(500)
        assert await page.frame_locator("iframe").locator("textarea").count() == 0
