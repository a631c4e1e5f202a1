"""Going on in another app: the menu offers what is open, with a code in the link."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from onethread.app import House
from simulator.telegram import FakeTelegram
from tests.browser.test_chat_page import open_chat
from tests.web.house import Site, make_house, new_port

pytestmark = pytest.mark.browser
BOT = "123456:a-bot-of-a-test"


@pytest.fixture
async def house(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with FakeTelegram(token=BOT) as telegram:
        made = make_house(
            database_url,
            redis_url,
            tmp_path,
            new_port(),
            TELEGRAM_BOT_TOKEN=BOT,
            TELEGRAM_SECRET_TOKEN="a-secret-of-a-test",
            TELEGRAM_API_URL=telegram.api_url,
        )
        yield made
        await made.close()


async def test_the_menu_leads_to_the_apps_that_are_open(
    browser: Browser, site: Site, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    await page.get_by_role("button", name="Menu").click()
    await expect(page.get_by_text("Continue in another app")).to_be_visible()
    link = page.get_by_role("link", name="Telegram")
    await expect(link).to_have_attribute("href", re.compile(r"https://t\.me/\w+\?start=[\w-]{59}$"))
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(page.get_by_role("link", name="WhatsApp")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Menu")).to_be_focused()
    assert complaints == []
