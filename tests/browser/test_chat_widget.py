"""The chat page beyond plain talk: languages, files, what was seen, other looks, other sites."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, FilePayload, FrameLocator, Page, expect
from sqlalchemy import text

from onethread.app import House
from tests.browser.conftest import EMBEDDER_PORT, listen
from tests.browser.test_chat_page import open_chat, say, shop_page
from tests.fakes.echo import EchoWorker
from tests.web.chat.test_files import PNG
from tests.web.house import Site

pytestmark = pytest.mark.browser
PICTURE = FilePayload(name="scratch.png", mimeType="image/png", buffer=PNG)
PAPER = FilePayload(name="invoice.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4\n" + b"x" * 90_000)
WCAG: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
DROP = """([selector, name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], name, { type: "image/png" }));
    const made = selector === "textarea"
        ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector(selector).dispatchEvent(made);
}"""


async def choose(page: Page, *files: FilePayload) -> None:
    await page.locator("input[type=file]").set_input_files(list(files))


def chips(page: Page, state: str = "there") -> Any:
    return page.locator(f'.chip[data-state="{state}"]')


async def test_the_language_is_chosen_in_the_menu_and_stays(
    browser: Browser, site: Site, house: House, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    await expect(page.locator(".entry.house .bubble")).to_have_text(re.compile("Ask about an order"))
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_label("Language").select_option("ro")
    await expect(page.locator(".role")).to_contain_text("Asistent automat")
    await expect(page.locator(".entry.house .bubble")).to_have_text(re.compile("Întrebați despre o comandă"))
    assert await page.locator("html").get_attribute("lang") == "ro"
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Meniu")).to_be_focused()
    await page.locator("textarea").fill("salut")
    await page.keyboard.press("Enter")
    await expect(page.locator(".entry.me .tick")).to_have_text("Văzut")
    await page.reload()
    await expect(page.locator(".role")).to_contain_text("Asistent automat")
    async with house.engines.web.connect() as conn:
        told = await conn.execute(text("select content -> 'profile' ->> 'language' from inbox"))
        assert told.scalar_one() == "ro"
    assert complaints == []


async def test_the_page_speaks_as_the_customer_is_written_to_unless_one_chose_in_the_menu(
    browser: Browser, site: Site, house: House, worker: EchoWorker, complaints: list[str]
) -> None:
    async def write_to_them_in(language: str) -> None:
        async with house.engines.web.begin() as conn:
            await conn.execute(text("update customers set language = :language"), {"language": language})

    page = await open_chat(browser, site, complaints)
    await say(page, "где мой заказ")
    await expect(page.locator(".entry.bot")).to_have_count(1)
    await write_to_them_in("ru")
    await expect(page.locator(".role")).to_contain_text("Автоматический помощник")
    assert await page.locator("html").get_attribute("lang") == "ru"
    await page.get_by_role("button", name="Меню").click()
    await page.get_by_label("Язык").select_option("zh")
    await expect(page.locator("html")).to_have_attribute("lang", "zh")
    await write_to_them_in("ro")
    await page.reload()
    await expect(page.locator('onethread-chat[data-line="open"]')).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "zh")
    assert complaints == []


async def test_files_are_chosen_pasted_and_dropped_and_come_back_after_a_reload(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    await choose(page, PICTURE, PAPER)
    await page.evaluate(DROP, ["textarea", "pasted.png", list(PNG)])
    await page.evaluate(DROP, ["body", "dropped.png", list(PNG)])
    await expect(chips(page)).to_have_count(4)
    await page.get_by_role("button", name="Remove pasted.png").click()
    await expect(chips(page)).to_have_count(3)
    await expect(page.get_by_label("Your message")).to_be_focused()
    await say(page, "it came like this")
    await expect(page.locator(".chip")).to_have_count(0)
    await expect(page.locator(".entry.me .tick")).to_have_text("Seen")
    second = listen(await page.context.new_page(), complaints)
    await second.goto(f"{site.url}/chat")
    await page.reload()
    for one in (page, second):
        await expect(one.locator(".entry.me .bubble")).to_have_text("it came like this")
        await expect(one.locator(".entry.me .picture img")).to_have_count(2)
        await expect(one.get_by_role("img", name="scratch.png")).to_have_js_property("naturalWidth", 1)
        async with one.expect_download() as started:
            await one.get_by_role("button", name="Download invoice.pdf").click()
        assert (await started.value).suggested_filename == "invoice.pdf"
    assert complaints == []


async def test_what_does_not_fit_is_said_and_a_broken_upload_is_tried_again(
    browser: Browser, site: Site, house: House, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    await choose(page, *[PICTURE] * 6)
    await expect(page.locator(".hint")).to_contain_text("Up to 5 files")
    await expect(page.locator(".chip")).to_have_count(5)
    await page.reload()
    await expect(page.locator('onethread-chat[data-line="open"]')).to_be_visible()
    await page.locator("onethread-chat").evaluate(
        """(chat, most) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(most + 1)], "film.mp4", { type: "video/mp4" }));
            chat.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
        }""",
        house.library.max_bytes,
    )
    await expect(page.locator(".hint")).to_contain_text("film.mp4 is larger than")
    await page.route("**/chat/files", lambda route: route.abort())
    await choose(page, PAPER)
    await expect(chips(page, "failed")).to_have_count(1)
    await say(page, "with the paper")
    await expect(page.locator(".entry.me")).to_have_count(0)
    await page.unroute("**/chat/files")
    await page.get_by_role("button", name="Upload invoice.pdf again").click()
    await expect(chips(page)).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.get_by_label("Your message").press("Enter")
    await expect(page.locator(".entry.me .document")).to_have_count(1)
    await expect(page.locator(".entry.me .bubble")).to_have_text("with the paper")


async def test_a_tall_picture_is_followed_and_reading_further_up_is_left_alone(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints, "phone")
    painted = await page.screenshot(clip={"x": 0, "y": 0, "width": 300, "height": 500})
    for words in ("one", "two"):
        await choose(page, FilePayload(name="tall.png", mimeType="image/png", buffer=painted))
        await expect(chips(page)).to_have_count(1)
        await say(page, words)
    await expect(page.locator(".entry.bot .bubble")).to_have_count(2)
    await page.reload()
    await expect(page.locator(".picture img").last).to_have_js_property("complete", True)
    from_end = "box => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight)"
    scroller = page.locator(".scroller")
    while await scroller.evaluate(from_end) > 1:
        await page.wait_for_timeout(50)
    await scroller.evaluate("box => { box.scrollTop = 0; }")
    second = listen(await page.context.new_page(), complaints)
    await second.goto(f"{site.url}/chat")
    await say(second, "three")
    await expect(page.locator(".entry.bot .bubble")).to_have_count(3)
    assert await scroller.evaluate("box => box.scrollTop") == 0
    jump = page.get_by_role("button", name="New messages")
    await expect(jump).to_be_visible()
    widths = "chat => [chat.clientWidth, chat.querySelector('.scroller').clientWidth > chat.clientWidth - 30]"
    assert await page.locator("onethread-chat").evaluate(widths) == [360, True]
    await jump.click()
    await expect(jump).to_be_hidden()
    assert complaints == []


async def receipts(house: House) -> list[str]:
    async with house.engines.web.connect() as conn:
        return list((await conn.execute(text("select status from receipts order by id"))).scalars())


async def test_an_answer_counts_as_read_once_somebody_looks(
    browser: Browser, site: Site, house: House, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    await page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away ?? false, configurable: true})"
    )
    await page.evaluate("window.away = true")
    await say(page, "hello")
    await expect(page).to_have_title(re.compile(r"^\(1\) "))
    while await receipts(house) != ["delivered"]:
        await page.wait_for_timeout(50)
    await page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page).to_have_title(re.compile(r"^[^(]"))
    while await receipts(house) != ["delivered", "read"]:
        await page.wait_for_timeout(50)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
async def test_axe_finds_nothing_with_everything_open(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str], scheme: str, language: str
) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 740}, locale=language)
    page = listen(await context.new_page(), complaints)
    await page.goto(f"{site.url}/chat?theme={scheme}")
    await expect(page.locator('onethread-chat[data-line="open"]')).to_be_visible()
    await choose(page, PICTURE)
    await expect(chips(page)).to_have_count(1)
    await page.locator("textarea").press("Enter")
    await expect(page.locator(".entry.bot .bubble")).to_have_count(1)
    await choose(page, PICTURE, PAPER)
    await expect(chips(page)).to_have_count(2)
    await page.locator('[data-part="menu"]').click()
    for scope in (None, WCAG):
        found = await Axe().run(page, options=scope)
        assert found.violations_count == 0, found.generate_report()
    small = """() => [...document.querySelectorAll("button, select, input:not([hidden]), .elsewhere a")]
        .filter((one) => one.checkVisibility())
        .map((one) => [one.className || one.name, one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"""
    assert await page.evaluate(small) == []
    assert complaints == []


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 480)], ids=["200%", "400%"])
async def test_nothing_is_cut_off_when_zoomed(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str], width: int, height: int
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = listen(await context.new_page(), complaints)
    await page.goto(f"{site.url}/chat")
    await expect(page.locator('onethread-chat[data-line="open"]')).to_be_visible()
    await say(page, "Pneumonoultramicroscopicsilicovolcanoconiosis " * 8)
    await expect(page.locator(".entry.bot .bubble")).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    room = await page.locator(".scroller").evaluate("box => box.clientHeight / innerHeight")
    assert room > 0.4
    # Focus is never under something else.
    for _ in range(6):
        await page.keyboard.press("Tab")
        covered = """() => { const one = document.activeElement, box = one.getBoundingClientRect();
            const middle = [box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2];
            const top = document.elementFromPoint(...middle);
            return one !== document.body && !one.contains(top) && !top?.contains(one); }"""
        assert not await page.evaluate(covered)
    motion = "[...document.querySelectorAll('*')].every(e => getComputedStyle(e).animationName === 'none')"
    assert await page.evaluate(motion)


async def test_messages_run_in_their_own_direction(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    page = await open_chat(browser, site, complaints)
    await say(page, "أين طلبي 1042؟")
    bubble = page.locator(".entry.me .bubble")
    assert await bubble.evaluate("box => getComputedStyle(box).direction") == "rtl"
    assert await page.locator(".name").first.evaluate("box => getComputedStyle(box).direction") == "ltr"


STRICT = (
    "default-src 'none'; style-src 'none'; script-src {home}; frame-src {home};"
    " require-trusted-types-for 'script'"
)


def shop(site: Site, attributes: str = "") -> str:
    policy = STRICT.format(home=site.url)
    return (
        f'<!doctype html><html lang=en><meta http-equiv="Content-Security-Policy" content="{policy}">'
        "<title>Shop</title><h1>Shop</h1>"
        f"<script src='{site.url}/chat/widget.js' {attributes} async></script>"
    )


async def opened(page: Page, url: str, name: str = "Open chat") -> FrameLocator:
    await page.goto(url)
    await page.get_by_role("button", name=name).click()
    frame = page.frame_locator("iframe")
    await expect(frame.locator('onethread-chat[data-line="open"]')).to_be_visible()
    return frame


async def test_the_widget_needs_neither_cookies_nor_a_lax_policy_of_the_site(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    context = await browser.new_context(viewport={"width": 1000, "height": 800})
    page = listen(await context.new_page(), complaints)
    async with shop_page(EMBEDDER_PORT, shop(site, 'data-language="ru" data-theme="dark"')) as allowed:
        frame = await opened(page, allowed, "Открыть чат")
        await expect(frame.locator("textarea")).to_be_focused()
        await frame.locator("textarea").fill("from the shop")
        await frame.locator("textarea").press("Enter")
        await expect(frame.locator(".entry.bot .bubble")).to_have_text("echo from the shop")
        await expect(frame.locator(".entry.me .tick")).to_have_text("Прочитано")
        ground = "body => getComputedStyle(body).backgroundColor"
        assert await frame.locator("body").evaluate(ground) == "rgb(16, 23, 22)"
        await choose_in(frame)
        await frame.locator("textarea").press("Enter")
        await expect(frame.locator(".picture img")).to_have_js_property("naturalWidth", 1)
        await page.reload()
        await page.get_by_role("button", name="Открыть чат").click()
        await expect(frame.locator(".picture img")).to_have_js_property("naturalWidth", 1)
        await frame.locator("textarea").press("Escape")
        await expect(page.get_by_role("button", name="Открыть чат")).to_be_focused()
    assert await context.cookies() == []
    assert complaints == []


async def choose_in(frame: FrameLocator) -> None:
    await frame.locator("input[type=file]").set_input_files([PICTURE])
    await expect(frame.locator('.chip[data-state="there"]')).to_have_count(1)


async def test_a_closed_widget_counts_what_is_unread_and_opens_as_read(
    browser: Browser, site: Site, house: House, worker: EchoWorker, complaints: list[str]
) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 740})
    page = listen(await context.new_page(), complaints)
    async with shop_page(EMBEDDER_PORT, shop(site)) as allowed:
        frame = await opened(page, allowed)
        worker.hold.clear()
        await frame.locator("textarea").fill("hello")
        await frame.locator("textarea").press("Enter")
        await expect(frame.locator(".entry.me .tick")).to_have_text("Sent")
        await frame.get_by_role("button", name="Close chat").click()
        await page.reload()
        worker.hold.set()
        await expect(page.get_by_role("button", name="Open chat, 1 unread")).to_be_visible()
        await expect(page).to_have_title("(1) Shop")
        assert "read" not in await receipts(house)
        await page.get_by_role("button", name="Open chat, 1 unread").click()
        await expect(page).to_have_title("Shop")
        box = await page.locator("iframe").bounding_box()
        assert box is not None and (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 740)
        while "read" not in await receipts(house):
            await page.wait_for_timeout(50)
    assert complaints == []


async def test_the_sites_own_css_variables_dress_the_chat(
    browser: Browser, site: Site, worker: EchoWorker, complaints: list[str]
) -> None:
    context = await browser.new_context(viewport={"width": 1000, "height": 800})
    page = listen(await context.new_page(), complaints)
    look = (
        "<style>:root { --onethread-brand: #5b2a86; --onethread-brand-ink: #fdf7ff; --onethread-radius: 3px;"
        " --onethread-font: Georgia, serif; --onethread-left: 30px; --onethread-right: auto;"
        " --onethread-ink: url(https://evil.example/x) }</style>"
    )
    script = f"<script src='{site.url}/chat/widget.js'></script>"
    body = f"<!doctype html><html lang=en><title>Shop</title>{look}{script}"
    async with shop_page(EMBEDDER_PORT, body) as allowed:
        frame = await opened(page, allowed)
        style = (
            "box => { const s = getComputedStyle(box); return [s.backgroundColor, s.color, s.fontFamily]; }"
        )
        assert await frame.locator(".head").evaluate(style) == [
            "rgb(91, 42, 134)",
            "rgb(253, 247, 255)",
            "Georgia, serif",
        ]
        variables = "root => [root.style.getPropertyValue('--radius'), root.style.getPropertyValue('--ink')]"
        assert await frame.locator("html").evaluate(variables) == ["3px", ""]
        box = await page.get_by_role("button", name="Close chat").first.bounding_box()
        assert box is not None and box["x"] < 500
    assert complaints == []
