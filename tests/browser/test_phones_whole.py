"""One person asks on SMS and goes on on WhatsApp, Telegram and the web chat, through a whole house.

With ONETHREAD_PICTURES=1 it makes the pictures of docs/images anew.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from onethread.supervisor.postgres import EmbeddedPostgres
from tests.browser.conftest import listen
from tests.e2e.running import ROOT, RunningHouse, free_port

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.slow]
ANSWER_MS = 30_000


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return ROOT / "docs" / "images" if os.environ.get("ONETHREAD_PICTURES") else tmp_path


@pytest.fixture
async def phones_url(tmp_path: Path) -> AsyncIterator[str]:
    """The page of a house that no account is configured for."""
    house = RunningHouse(tmp_path / "house")
    port = free_port()
    house.add_env(ONETHREAD_SIMULATOR_PORT=str(port))
    try:
        await house.start()
        yield f"http://127.0.0.1:{port}"
    finally:
        left = await house.stop(signal.SIGINT)
        await asyncio.to_thread(EmbeddedPostgres(house.folder / "data" / "postgres").destroy)
    assert left == [], f"still alive after Ctrl-C: {left}"


def phone(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=f"Ann’s {name}", exact=True)


async def ask(page: Page, name: str, text: str) -> Locator:
    """Write on a phone; returns its newest answer once it is there."""
    here = phone(page, name)
    before = await here.locator(".in").count()
    await here.get_by_label(f"Message: Ann’s {name}").fill(text)
    await page.keyboard.press("Enter")
    await expect(here.locator(".in").nth(before)).to_be_visible(timeout=ANSWER_MS)
    return here.locator(".in").last


async def somebody_else_has_a_chat_of_their_own(page: Page) -> None:
    await page.get_by_text("Add a person").click()
    await page.get_by_label("Name").fill("Bo")
    await page.get_by_label("Phone number").fill("+15551230002")
    await page.keyboard.press("Enter")
    theirs = page.frame_locator("iframe[title='Bo’s web chat']")
    await expect(theirs.locator("textarea")).to_be_visible(timeout=ANSWER_MS)
    await expect(theirs.get_by_text("opening hours?")).to_have_count(0)
    await page.get_by_role("button", name="Ann", exact=True).click()
    mine = page.frame_locator("iframe[title='Ann’s web chat']")
    await expect(mine.get_by_text("opening hours?").first).to_be_visible()


async def test_one_person_goes_from_phone_to_phone(
    browser: Browser, phones_url: str, pictures: Path, complaints: list[str]
) -> None:
    context = await browser.new_context(viewport={"width": 1480, "height": 880})
    page = listen(await context.new_page(), complaints)
    await page.goto(f"{phones_url}/")

    answer = await ask(page, "SMS", "Where is my order 1042?")
    await expect(answer).to_contain_text("1042")
    await expect(answer.locator(".state")).to_have_text("delivered", timeout=ANSWER_MS)

    answer = await ask(page, "WhatsApp", "When does my order 1042 arrive?")
    await expect(answer).to_contain_text("1042")
    await expect(answer.locator(".state")).to_have_text("read", timeout=ANSWER_MS)

    telegram = phone(page, "Telegram")
    await telegram.get_by_label("More to send on Telegram").first.click()
    await telegram.get_by_role("button", name="My number").click()
    await expect(telegram.locator(".out .card")).to_be_visible()
    await expect(telegram.locator(".out .state")).to_have_text("delivered", timeout=ANSWER_MS)
    answer = await ask(page, "Telegram", "Where is my order 1042?")
    await expect(telegram.locator(".in").filter(has_text="1042").last).to_be_visible(timeout=ANSWER_MS)

    chat = page.frame_locator("iframe[title='Ann’s web chat']")
    await chat.locator("textarea").fill("What are your opening hours?")
    await chat.locator("textarea").press("Enter")
    await expect(chat.get_by_text("automated assistant of").first).to_be_visible(timeout=ANSWER_MS)

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.screenshot(path=pictures / "phones.png")
    await somebody_else_has_a_chat_of_their_own(page)
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.get_by_role("tab", name="WhatsApp").click()
    await expect(phone(page, "SMS")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.screenshot(path=pictures / "phones-narrow.png")
    assert complaints == []
