"""The desk in Chromium: a customer on the chat page and a person at the desk, side by side."""

from __future__ import annotations

import os
import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from onethread.app import House
from onethread.storage.agents import Agent
from tests.browser.conftest import listen
from tests.fakes.echo import EchoWorker
from tests.handoff.people import PASSWORD, add_customer, add_person
from tests.web.house import Site

pytestmark = pytest.mark.browser
WIDTHS = {"phone": (360, 740), "desktop": (1280, 860)}


async def open_desk(
    browser: Browser, site: Site, agent: Agent, complaints: list[str], width: str = "desktop"
) -> Page:
    wide, high = WIDTHS[width]
    context = await browser.new_context(viewport={"width": wide, "height": high})
    page = listen(await context.new_page(), complaints)
    await page.goto(f"{site.url}/desk")
    await page.get_by_label("E-mail").fill(agent.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("navigation", name="Lists")).to_be_visible()
    await expect(page.locator('body[data-live="yes"]')).to_be_visible()  # from here on it hears keys
    return page


async def test_a_person_takes_answers_and_hands_back_from_the_keyboard(
    browser: Browser, site: Site, house: House, worker: EchoWorker, complaints: list[str]
) -> None:
    anna = await add_person(house, "Anna")
    customer = await add_customer(house, "My parcel is broken, <b>please</b> help")
    page = await open_desk(browser, site, anna, complaints)
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator(".said.customer .said-text")).to_have_text(
        "My parcel is broken, <b>please</b> help"
    )
    await expect(page.get_by_text("Take the conversation to answer")).to_be_visible()
    await page.keyboard.press("t")
    await expect(page.locator("#answer")).to_be_focused()
    await page.keyboard.type("I am sorry. We send a new one.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".said.shop .said-text")).to_have_text("I am sorry. We send a new one.")
    await expect(page.locator("#answer")).to_have_value("")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await page.keyboard.type("sent 12 Nov")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".said.note .said-text")).to_have_text("sent 12 Nov")
    await page.keyboard.press("Escape")
    await page.locator(".messages").focus()
    await page.keyboard.press("e")
    await expect(page.locator(".thread-head .owner")).to_have_text("Assistant")
    assert str(customer) in page.url
    assert complaints == []


async def test_customer_and_person_see_each_other_at_once(
    browser: Browser, site: Site, house: House, worker: EchoWorker, complaints: list[str]
) -> None:
    anna = await add_person(house, "Anna")
    chat = listen(await (await browser.new_context()).new_page(), complaints)
    await chat.goto(f"{site.url}/chat")
    await chat.get_by_label("Your message").fill("I want a person")
    await chat.keyboard.press("Enter")
    await expect(chat.locator(".entry.bot")).to_have_count(1)
    desk = await open_desk(browser, site, anna, complaints)
    await desk.get_by_role("link", name="All").click()
    await desk.locator(".row").click()
    await desk.get_by_role("button", name="Take").click()
    await desk.locator("#answer").fill("half an answer")
    await chat.get_by_label("Your message").fill("are you there?")
    await chat.keyboard.press("Enter")
    await expect(desk.locator(".said.customer .said-text").last).to_have_text("are you there?")
    await expect(desk.locator("#answer")).to_have_value("half an answer")
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_axe_finds_nothing_at_the_desk(
    browser: Browser, site: Site, house: House, complaints: list[str], width: str
) -> None:
    anna = await add_person(house, "Anna")
    await add_customer(house, "first"), await add_customer(house, "second https://example.com")
    page = await open_desk(browser, site, anna, complaints, width)
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    await page.locator(".row").first.click()
    await page.get_by_role("button", name="Take").click()
    await expect(page.locator("#answer")).to_be_visible()
    if kept := os.environ.get("ONETHREAD_SCREENSHOTS"):
        await page.screenshot(path=f"{kept}/desk-{width}.png")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.goto(f"{site.url}/desk/sign-in")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


async def test_the_keys_can_be_read_and_switched_off(
    browser: Browser, site: Site, house: House, complaints: list[str]
) -> None:
    anna = await add_person(house, "Anna")
    await add_customer(house)
    page = await open_desk(browser, site, anna, complaints)
    await page.keyboard.press("?")
    await page.get_by_label("single keys are on").uncheck()
    await page.get_by_role("button", name="Close").click()
    await page.keyboard.press("j")
    await expect(page.locator(".row").first).not_to_be_focused()
    await expect(page).to_have_url(re.compile("/desk"))
