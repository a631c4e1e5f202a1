"""The simulator's phones in Chromium: write, see the answer and its state, at two widths, by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from connectors.contract import Address, Part
from connectors.twilio_sms.connector import TwilioSms
from simulator.http import HttpServer, Request, Response
from simulator.phones import PhonesPage
from simulator.twilio import FakeTwilio
from tests.browser.conftest import listen

pytestmark = pytest.mark.browser
SID, TOKEN, SHOP = "AC" + "4" * 32, "a-token", "+15550009000"


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    """A fake Twilio whose house answers each SMS with its own words."""
    answers: set[asyncio.Task[object]] = set()

    async def house(request: Request) -> Response:
        form = {key: values[0] for key, values in parse_qs(request.body.decode()).items()}
        if "MessageStatus" not in form:
            to = Address("twilio_sms", "default", form["From"])
            answer = asyncio.create_task(door.send(to, Part(f"You said: {form['Body']}"), oid="1"))
            answers.add(answer)
        return Response(200)

    web = HttpServer(house)
    await web.start("127.0.0.1", 0)
    url = f"http://127.0.0.1:{web.port}"
    async with FakeTwilio(account_sid=SID, auth_token=TOKEN, number=SHOP, house_url=url) as fake:
        PhonesPage(fake)
        built = TwilioSms.from_env(
            {
                "TWILIO_ACCOUNT_SID": SID,
                "TWILIO_AUTH_TOKEN": TOKEN,
                "TWILIO_SMS_FROM": SHOP,
                "TWILIO_API_URL": fake.api_url,
                "ONETHREAD_PUBLIC_URL": url,
            }
        )
        assert built is not None
        door = built
        yield fake
        await asyncio.gather(*answers, return_exceptions=True)
        await door.close()
    await web.stop()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 860)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_two_phones_write_and_are_answered(
    browser: Browser, twilio: FakeTwilio, complaints: list[str], width: int, height: int, scheme: str
) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = listen(await context.new_page(), complaints)
    await page.goto(f"{twilio.api_url}/")
    await page.get_by_label("Add a phone").fill("+15551230002")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Text message from +15551230002")).to_be_focused()
    await page.keyboard.type("hello <b>there</b>")
    await page.keyboard.press("Enter")
    second = page.get_by_role("region", name="Phone +15551230002")
    await expect(second.locator(".in .text")).to_have_text("You said: hello <b>there</b>")
    await expect(second.locator(".in .meta")).to_contain_text("delivered")

    first = page.get_by_role("region", name="Phone +15551230001")
    await first.get_by_role("button", name="STOP", exact=True).click()
    await expect(first.locator(".note")).to_contain_text("stopped")
    await expect(first.locator(".carrier")).to_be_visible()
    await expect(first.locator(".in")).to_have_count(0)

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = await Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
    assert complaints == []


async def test_a_reload_keeps_the_phones_and_their_messages(
    browser: Browser, twilio: FakeTwilio, complaints: list[str]
) -> None:
    page = listen(await browser.new_page(), complaints)
    await page.goto(f"{twilio.api_url}/")
    await page.get_by_role("button", name="Where is my order 1042?").click()
    await expect(page.locator(".in .text")).to_have_text("You said: Where is my order 1042?")
    await page.reload()
    await expect(page.locator(".thread .text")).to_have_count(2)
    assert complaints == []
