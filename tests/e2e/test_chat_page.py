"""A customer on the chat page, in a real browser, through the whole house."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.conftest import ARGUMENTS, CHROMIUM, need_browser

from .conftest import Stage
from .running import ROOT

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa, pytest.mark.browser]
IMAGES = ROOT / "tests" / "browser" / "shots"
ANSWERS = ".entry.bot .bubble"
ALL = ".entry:not(.house) .bubble"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    need_browser()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        await chromium.close()


async def _open(browser: Browser, stage: Stage, width: int = 1280, height: int = 860) -> Page:
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await context.new_page()
    await page.goto(f"{stage.house.url}/chat")
    await expect(page.locator('onethread-chat[data-line="open"]')).to_be_visible(timeout=15_000)
    return page


async def _ask(page: Page, words: str) -> str:
    """Write something; the text of the next answer."""
    seen = await page.locator(ANSWERS).count()
    await page.get_by_label("Your message").fill(words)
    await page.keyboard.press("Enter")
    answer = page.locator(ANSWERS).nth(seen)
    await expect(answer).to_be_visible(timeout=20_000)
    return await answer.inner_text()


async def test_the_state_of_an_order_is_told_against_its_email_and_kept(
    browser: Browser, stage: Stage
) -> None:
    page = await _open(browser, stage)
    first = await _ask(page, "Where is my order 1042?")
    assert "automated" in first.lower()
    assert "e-mail" in first.lower() and "shipped" not in first.lower() and "way" not in first.lower()
    state = await _ask(page, "demo@example.com")
    assert "1042" in state and ("way" in state.lower() or "shipped" in state.lower())
    arrival = await _ask(page, "and when does it arrive?")
    assert "1042" in arrival and "arrive" in arrival.lower()
    IMAGES.mkdir(exist_ok=True)
    await page.screenshot(path=IMAGES / "chat.png")

    before = await page.locator(ALL).all_inner_texts()
    await page.reload()
    await expect(page.locator(ANSWERS)).to_have_count(3)
    assert await page.locator(ALL).all_inner_texts() == before

    second = await page.context.new_page()
    await second.goto(f"{stage.house.url}/chat")
    await expect(second.locator(ANSWERS)).to_have_count(3)
    await _ask(second, "thank you")
    await expect(page.locator(ANSWERS)).to_have_count(4)
    assert await page.locator(ALL).all_inner_texts() == (await second.locator(ALL).all_inner_texts())


async def test_a_wrong_email_is_told_nothing(browser: Browser, stage: Stage) -> None:
    page = await _open(browser, stage)
    await _ask(page, "Where is my order 1042?")
    refusal = (await _ask(page, "somebody@example.org")).lower()
    for word in ("shipped", "on its way", "delivered", "tracking", "parcel"):
        assert word not in refusal


async def test_web_away_for_five_seconds_loses_nothing(browser: Browser, stage: Stage) -> None:
    page = await _open(browser, stage, 390, 780)
    await _ask(page, "hello")
    web = stage.house.process("web")
    web.kill()
    await asyncio.sleep(0.2)
    field = page.get_by_label("Your message")
    await field.fill("what are your opening hours?")
    await page.keyboard.press("Enter")
    await asyncio.sleep(5)
    await stage.house.revived("web")
    await expect(page.locator(ANSWERS)).to_have_count(2, timeout=60_000)
    mine = await page.locator(".entry.me .bubble").all_inner_texts()
    assert mine == ["hello", "what are your opening hours?"]
    IMAGES.mkdir(exist_ok=True)
    await page.screenshot(path=IMAGES / "chat-phone.png")
    await stage.house.settled()
    rows = await stage.house.rows(
        "select count(*) as n from inbox where text = %s and connector = 'webchat'",
        "what are your opening hours?",
    )
    assert rows == [{"n": 1}]
