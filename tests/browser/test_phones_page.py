"""The four phones in Chromium: write, see the answer and its state, tap, at two widths, by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, expect

from connectors.contract import Address, Button, Connector, InboundMessage, Part, WebhookRequest
from connectors.telegram.connector import Telegram
from connectors.twilio_sms.connector import TwilioSms
from connectors.whatsapp_cloud.connector import WhatsAppCloud
from simulator.http import HttpServer, Request, Response
from simulator.meta import FakeMeta
from simulator.phones import Line, PhonesPage, PhonesServer
from simulator.telegram import FakeTelegram
from simulator.twilio import FakeTwilio
from tests.browser.conftest import listen

pytestmark = pytest.mark.browser
SID, SHOP, BUTTONS = "AC" + "4" * 32, "+15550009000", (Button("Track", "m1.1"), Button("Return", "m1.2"))


class EchoHouse:
    """Real doors behind one port, each repeating what it hears, with two buttons where there are any."""

    def __init__(self) -> None:
        self.doors: dict[str, Connector] = {}
        self.status = 200
        self._answers: set[asyncio.Task[object]] = set()

    async def __call__(self, request: Request) -> Response:
        _, _, key, account = request.path.split("/")
        if not key or self.status != 200:
            return Response(self.status)
        url = f"{self.url}{request.path}"
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        asked = WebhookRequest(
            "POST", f"{url}?{query}" if query else url, account, query, request.headers, request.body
        )
        door = self.doors[key]
        door.verify(asked)
        for event in door.parse(asked):
            if isinstance(event, InboundMessage) and not event.silent:
                answer = asyncio.create_task(self._answer(door, event))
                self._answers.add(answer)
                answer.add_done_callback(self._answers.discard)
        return Response(200)

    async def _answer(self, door: Connector, event: InboundMessage) -> None:
        buttons = BUTTONS if door.capabilities.buttons_max else ()
        said = Part(f"You said: {event.text or event.tap or event.kind}", buttons)
        await door.send(Address(event.address.connector, "default", event.address.key), said, oid="1")

    async def start(self) -> None:
        self._web = HttpServer(self)
        await self._web.start("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._web.port}"

    async def stop(self) -> None:
        await asyncio.gather(*self._answers, return_exceptions=True)
        for door in self.doors.values():
            await door.close()
        await self._web.stop()


@dataclass(frozen=True, slots=True)
class Stage:
    """The page's address and the house that answers."""

    url: str
    house: EchoHouse


def doors(house_url: str, twilio: str, meta: str, telegram: str) -> dict[str, Connector]:
    env = {
        "ONETHREAD_PUBLIC_URL": house_url,
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": "t",
        "TWILIO_SMS_FROM": SHOP,
        "TWILIO_API_URL": twilio,
        "WHATSAPP_PHONE_NUMBER_ID": "9",
        "WHATSAPP_ACCESS_TOKEN": "t",
        "WHATSAPP_APP_SECRET": "s",
        "WHATSAPP_VERIFY_TOKEN": "v",
        "WHATSAPP_API_URL": meta,
        "TELEGRAM_BOT_TOKEN": "9:t",
        "TELEGRAM_SECRET_TOKEN": "s",
        "TELEGRAM_API_URL": telegram,
    }
    built: tuple[Connector | None, ...] = (
        TwilioSms.from_env(env),
        WhatsAppCloud.from_env(env),
        Telegram.from_env(env),
    )
    return {door.key: door for door in built if door is not None}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    house = EchoHouse()
    await house.start()
    twilio = FakeTwilio(account_sid=SID, auth_token="t", number=SHOP, house_url=house.url)
    meta = FakeMeta(phone_number_id="9", access_token="t", app_secret="s", house_url=house.url, retry_s=60.0)
    telegram = FakeTelegram(token="9:t", secret_token="s", house_url=house.url)
    lines = [
        Line("sms", twilio, SHOP),
        Line("whatsapp", meta, "+15550009001"),
        Line("telegram", telegram, "@shop_bot"),
    ]
    server = PhonesServer((twilio, meta, telegram), PhonesPage(lines, house_url=""))
    await server.start()
    house.doors = doors(house.url, twilio.api_url, meta.api_url, telegram.api_url)
    yield Stage(server.url, house)
    await house.stop()
    await server.stop()


Open = Callable[..., Awaitable[Page]]


@pytest.fixture
def open_page(browser: Browser, stage: Stage, complaints: list[str]) -> Open:
    async def opened(width: int = 1440, height: int = 900, scheme: str = "light") -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page = listen(await context.new_page(), complaints)
        await page.goto(f"{stage.url}/")
        return page

    return opened


def phone(page: Page, name: str, person: str = "Ann") -> Locator:
    return page.get_by_role("region", name=f"{person}’s {name}", exact=True)


async def write(page: Page, name: str, text: str) -> Locator:
    """By keyboard; returns the phone."""
    found = phone(page, name)
    await found.get_by_label(f"Message: Ann’s {name}").focus()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    return found


async def check_access(page: Page) -> None:
    found = await Axe().run(page)
    assert [
        (one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]
    ] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_side_by_side_each_phone_writes_and_is_answered(
    open_page: Open, complaints: list[str], scheme: str
) -> None:
    page = await open_page(scheme=scheme)
    for name in ("SMS", "WhatsApp", "Telegram"):
        here = await write(page, name, "hello <b>there</b>")
        await expect(here.locator(".in .text")).to_have_text("You said: hello <b>there</b>")
        await expect(here.locator(".out .state")).to_have_text("delivered")
    await expect(phone(page, "WhatsApp").locator(".in .state")).to_have_text("read")
    await expect(phone(page, "SMS").locator(".in .state")).to_have_text("delivered")
    await check_access(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


async def test_on_a_narrow_screen_tabs_show_one_phone_at_a_time(
    open_page: Open, complaints: list[str]
) -> None:
    page = await open_page(width=360, height=740)
    await expect(phone(page, "SMS")).to_be_visible()
    await expect(phone(page, "Telegram")).to_be_hidden()
    await page.get_by_role("tab", name="SMS").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="Telegram")).to_be_focused()
    here = await write(page, "Telegram", "hello")
    await expect(here.locator(".in .text")).to_have_text("You said: hello")
    await expect(phone(page, "SMS")).to_be_hidden()
    await check_access(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


@pytest.mark.parametrize("name", ["WhatsApp", "Telegram"])
async def test_a_button_is_tapped(open_page: Open, complaints: list[str], name: str) -> None:
    page = await open_page()
    here = await write(page, name, "hello")
    await here.get_by_role("button", name="Return").click()
    await expect(here.locator(".in .text").last).to_contain_text("You said: ")
    await expect(here.locator(".in")).to_have_count(2)
    assert complaints == []


async def test_more_than_text_can_be_sent(open_page: Open, complaints: list[str]) -> None:
    page = await open_page()
    here = phone(page, "WhatsApp")
    await here.get_by_label("More to send on WhatsApp").first.click()
    await here.get_by_role("button", name="Location").click()
    await expect(here.locator(".out .place")).to_contain_text("52.5163")
    await here.locator("input[type=file]").set_input_files(
        {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    await expect(here.locator(".out a")).to_have_text("bill.pdf")
    await expect(here.locator(".in")).to_have_count(2)
    assert complaints == []


async def test_own_words_are_changed_and_a_message_is_reacted_to(
    open_page: Open, complaints: list[str]
) -> None:
    page = await open_page()
    here = await write(page, "WhatsApp", "hallo")
    await expect(here.locator(".in")).to_have_count(1)
    await here.locator(".out summary").click()
    await here.get_by_role("button", name="Edit").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("hello")
    await page.keyboard.press("Enter")
    await expect(here.locator(".out .text").first).to_have_text("hello")
    await expect(here.locator(".out .meta").first).to_contain_text("edited")
    await here.locator(".in summary").first.click()
    await here.get_by_role("button", name="React").click()
    await expect(here.locator(".reaction")).to_have_text("👍")
    assert complaints == []


async def test_who_stopped_or_blocked_is_marked(open_page: Open, complaints: list[str]) -> None:
    page = await open_page()
    here = phone(page, "SMS")
    await write(page, "SMS", "STOP")
    await expect(here.locator(".shut")).to_contain_text("Opted out")
    await expect(here.locator(".carrier")).to_be_visible()
    telegram = phone(page, "Telegram")
    await telegram.get_by_label("More to send on Telegram").first.click()
    await telegram.get_by_role("button", name="Block the shop", exact=True).click()
    await expect(telegram.locator(".shut")).to_contain_text("blocked")
    await check_access(page)
    assert complaints == []


async def test_a_house_that_is_down_is_said_with_the_time_of_the_next_try(
    open_page: Open, stage: Stage, complaints: list[str]
) -> None:
    stage.house.status = 503
    page = await open_page()
    here = await write(page, "WhatsApp", "hello")
    await expect(here.locator(".out .state")).to_contain_text("the house answered 503, will retry in")
    await write(page, "SMS", "hello")
    await expect(phone(page, "SMS").locator(".out .state")).to_have_text("lost: the house answered 503")
    assert complaints == []


async def test_a_second_person_has_phones_of_their_own(open_page: Open, complaints: list[str]) -> None:
    page = await open_page()
    await write(page, "SMS", "I am Ann")
    await page.get_by_text("Add a person").click()
    await page.get_by_label("Name").fill("Bo")
    await page.get_by_label("Phone number").fill("+15551230002")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Bo", exact=True)).to_be_focused()
    theirs = phone(page, "SMS", "Bo")
    await expect(theirs.locator(".note")).to_contain_text("+15551230002")
    await expect(theirs.locator(".text")).to_have_count(0)
    await theirs.get_by_label("Message: Bo’s SMS").fill("I am Bo")
    await page.keyboard.press("Enter")
    await page.reload()
    await expect(phone(page, "SMS", "Bo").locator(".in .text")).to_have_text("You said: I am Bo")
    await page.get_by_role("button", name="Ann", exact=True).click()
    await expect(phone(page, "SMS").locator(".in .text")).to_have_text("You said: I am Ann")
    assert complaints == []


async def test_after_a_day_whatsapp_says_that_only_templates_arrive(
    open_page: Open, complaints: list[str]
) -> None:
    page = await open_page()
    here = await write(page, "WhatsApp", "hello")
    await expect(here.locator(".in")).to_have_count(1)
    await expect(here.locator(".shut")).to_be_hidden()
    await here.get_by_label("Trouble on WhatsApp").first.click()
    await here.get_by_role("button", name="A day passes").click()
    await expect(here.locator(".shut")).to_contain_text("only templates arrive")
    await write(page, "WhatsApp", "hello again")
    await expect(here.locator(".in")).to_have_count(2)
    await expect(here.locator(".shut")).to_be_hidden()
    assert complaints == []


async def test_trouble_is_made_from_the_page(open_page: Open, stage: Stage, complaints: list[str]) -> None:
    page = await open_page()
    here = phone(page, "WhatsApp")
    await here.get_by_label("Trouble on WhatsApp").first.click()
    await here.get_by_role("button", name="Receipts shuffled").click()
    await here.get_by_label("Trouble on WhatsApp").first.click()
    await here.get_by_role("button", name="No receipts").click()
    await write(page, "WhatsApp", "hello")
    await expect(here.locator(".in .text")).to_have_text("You said: hello")
    await expect(here.locator(".in .state")).to_have_text("accepted")
    assert complaints == []
