"""Who is who, in Chromium: a supervisor reads why, links and undoes; a shop's page says who is signed in."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect
from sqlalchemy import text

from onethread.app import House
from onethread.identity.linking import propose_link
from onethread.ids import AddressId, CustomerId
from tests.browser.conftest import EMBEDDER_PORT, listen
from tests.browser.test_chat_page import shop_page
from tests.browser.test_chat_widget import opened, shop
from tests.browser.test_desk_page import open_desk
from tests.fakes.house import until
from tests.handoff.people import add_customer, add_person
from tests.web.house import Site, make_house, new_port

pytestmark = pytest.mark.browser
SECRET = "a secret that shop and house share, long enough"


@pytest.fixture
async def house(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    made = make_house(
        database_url,
        redis_url,
        tmp_path,
        new_port(),
        WEBCHAT_EMBED_ORIGINS=f"http://127.0.0.1:{EMBEDDER_PORT}",
        WEBCHAT_LOGIN_SECRET=SECRET,
    )
    yield made
    await made.close()


async def rows(house: House, query: str, **values: object) -> list[Any]:
    async with house.engines.web.connect() as conn:
        return list(await conn.execute(text(query), values))


async def named(house: House, words: str, name: str, phone: str | None) -> tuple[CustomerId, AddressId]:
    customer = await add_customer(house, words)
    async with house.engines.web.begin() as conn:
        found = await conn.execute(
            text("update addresses set display_name = :n, phone = :p where customer_id = :c returning id"),
            {"n": name, "p": phone, "c": customer},
        )
        return customer, AddressId(UUID(str(found.scalar_one())))


async def test_a_supervisor_decides_a_proposal_and_finds_somebody_to_link(
    browser: Browser, site: Site, house: House, complaints: list[str]
) -> None:
    ana, here = await named(house, "where is my parcel?", "Ana Pop", "+15551230077")
    _, there = await named(house, "hello again", "Ana P.", "+15551230077")
    await named(house, "me too", "Ana-Maria Pop", None)
    async with house.engines.web.begin() as conn:
        await propose_link(conn, here, there, trust="attested", evidence="phone")
    sofia = await add_person(house, "Sofia", role="supervisor")
    page = await open_desk(browser, site, sofia, complaints)
    await page.goto(f"{site.url}/desk/c/{ana}?shelf=all")
    panel = page.locator(".who")
    await expect(panel.get_by_text("1 to decide")).to_be_visible()
    await expect(panel.get_by_text("Both platforms attest the same phone number")).to_be_visible()
    await panel.get_by_label("Number or name").fill("ana")
    await panel.get_by_role("button", name="Find").click()
    await expect(page.locator(".who a", has_text="Ana-Maria Pop")).to_be_visible()
    if folder := os.environ.get("ONETHREAD_SHOTS"):
        await page.screenshot(path=f"{folder}/desk-who.png")
    found = await Axe().run(page)
    assert found.response["violations"] == []
    await page.locator(".who").get_by_role("button", name="Two people").click()
    await expect(page.locator(".who").get_by_text("Refused", exact=True)).to_be_visible()
    assert [row.status for row in await rows(house, "select status from links")] == ["refused"]
    row = page.locator(".who li", has_text="Ana-Maria Pop")
    await row.get_by_role("button", name="The same person").click()
    await expect(page.locator(".who").get_by_text("Is being carried out")).to_be_visible()
    assert complaints == []


async def test_a_shops_page_says_who_is_signed_in_and_then_who_else(
    browser: Browser, site: Site, house: House, complaints: list[str]
) -> None:
    def login(subject: str) -> str:
        claims = {"sub": subject, "aud": "onethread", "exp": int(time.time()) + 300, "name": "Ana"}
        return jwt.encode(claims, SECRET, "HS256")

    async def subjects() -> list[str]:
        return [row.subject for row in await rows(house, "select subject from logins order by at")]

    async def first() -> bool:
        return await subjects() == ["c-7"]

    async def both() -> bool:
        return await subjects() == ["c-7", "c-8"]

    async with shop_page(EMBEDDER_PORT, shop(site, f'data-login="{login("c-7")}"')) as url:
        context = await browser.new_context()
        page = listen(await context.new_page(), complaints)
        frame = await opened(page, url)
        await expect(frame.locator("textarea")).to_be_visible()
        await until(first)
        # Somebody else signs in on the same device: a conversation of their own.
        await page.evaluate(
            "token => document.querySelector('onethread-widget').identify(token)", login("c-8")
        )
        await until(both)
    assert len(await rows(house, "select 1 from addresses")) == 2
    assert await rows(house, "select 1 from links") == []
    assert complaints == []
