"""Files at the desk in Chromium: seen, played, said in words, attached by button, paste and drop."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from sqlalchemy import text

from onethread.app import House
from onethread.ids import CustomerId, MessageId
from onethread.storage import pages, threads
from tests.browser.test_desk_page import WIDTHS, open_desk
from tests.fakes.echo import EchoWorker
from tests.handoff.people import add_customer, add_person
from tests.handoff.test_files import add_file
from tests.media.files import OGG, PDF
from tests.web.house import Site

pytestmark = pytest.mark.browser
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGM4YWGBBzGMSmNDAHRTfhF6lcrPAAAAAElFTkSuQmCC"
)


async def say(house: House, customer: CustomerId, kind: str, said: str = "", **content: object) -> None:
    """One message of this customer, in the thread."""
    row = threads.NewMessage(
        id=MessageId(uuid4()),
        direction="in",
        author="customer",
        text=said,
        channel="webchat",
        kind=kind,
        content=content,
    )
    async with house.engines.web.begin() as conn:
        await pages.append(conn, customer, [row])


async def fill(house: House) -> CustomerId:
    """A thread with a message of each kind."""
    customer = await add_customer(house, "My lamp came like this:")
    picture = await add_file(house, customer, PICTURE, "lamp.png")
    sound = await add_file(house, customer, OGG, "voice.ogg")
    bill = await add_file(house, customer, PDF, "bill 1042.pdf")
    waiting, refused = [await add_file(house, customer, PDF, "x.pdf") for _ in range(2)]
    async with house.engines.web.begin() as conn:
        await conn.execute(
            text("update media set status = 'waiting', size = null where id = :id"), {"id": waiting}
        )
        await conn.execute(
            text("update media set status = 'refused', reason = :why, file_name = 'film.mov' where id = :id"),
            {"id": refused, "why": "The file is larger than 25 MB."},
        )
    for media_id in (picture, sound, bill, waiting, refused):
        await say(house, customer, "media", media=[{"id": str(media_id), "caption": ""}])
    await say(house, customer, "location", "Home, 45.65, 25.6", detail={"latitude": 45.65, "longitude": 25.6})
    await say(house, customer, "contact", "Ion Pop, +40700000000")
    await say(house, customer, "reaction", "👍")
    await say(house, customer, "revoke")
    await say(house, customer, "unsupported", detail={"why": "a poll"})
    return customer


async def take(page: Page) -> None:
    await page.locator(".row").first.click()
    await page.get_by_role("button", name="Take").click()
    await expect(page.locator("#answer")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
async def test_every_kind_is_seen_and_axe_finds_nothing(
    browser: Browser, site: Site, house: House, complaints: list[str], width: str
) -> None:
    anna = await add_person(house, "Anna")
    await fill(house)
    page = await open_desk(browser, site, anna, complaints, width)
    await take(page)
    picture = page.get_by_role("img", name="lamp.png")
    await picture.scroll_into_view_if_needed()
    await expect(picture).to_have_js_property("naturalWidth", 10)
    await expect(page.locator("audio")).to_have_count(1)
    await expect(page.get_by_role("link", name="bill 1042.pdf")).to_have_attribute("download", "")
    for words in (
        "Is being fetched …",
        "Was not taken: The file is larger than 25 MB.",
        "Contact card",
        "Reacted 👍 to a message",
        "Deleted an earlier message",
        "Sent something that cannot be shown here: a poll",
    ):
        await expect(page.get_by_text(words)).to_be_attached()
    await expect(page.get_by_role("link", name="openstreetmap")).to_be_attached()
    if kept := os.environ.get("ONETHREAD_SCREENSHOTS"):
        await page.screenshot(path=f"{kept}/desk-files-{width}.png")
        await page.locator(".messages").evaluate("box => box.scrollTop = 0")
        await page.screenshot(path=f"{kept}/desk-files-top-{width}.png")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


async def test_files_are_picked_pasted_dropped_and_sent(
    browser: Browser, site: Site, house: House, worker: EchoWorker, complaints: list[str], tmp_path: Path
) -> None:
    anna = await add_person(house, "Anna")
    await add_customer(house)
    page = await open_desk(browser, site, anna, complaints)
    await take(page)
    (tmp_path / "label.png").write_bytes(PICTURE)
    async with page.expect_file_chooser() as chosen:
        await page.get_by_role("button", name="Attach").click()
    await (await chosen.value).set_files(tmp_path / "label.png")
    attached = page.get_by_role("list", name="Attached files").get_by_role("listitem")
    await expect(attached).to_have_count(1)
    for event, target in (("paste", "#answer"), ("drop", ".messages")):
        await page.locator(target).evaluate(_GIVE, [event, base64.b64encode(PICTURE).decode()])
    await expect(page.locator(".attached-file [name=file]")).to_have_count(3)
    await page.get_by_role("button", name="Remove pasted.png").first.click()
    await expect(attached).to_have_count(2)
    if kept := os.environ.get("ONETHREAD_SCREENSHOTS"):
        await page.screenshot(path=f"{kept}/desk-attach.png")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".said.shop img")).to_have_count(2)
    await expect(attached).to_have_count(0)
    assert complaints == []


async def test_what_is_not_taken_is_said_and_leaves_nothing_attached(
    browser: Browser, site: Site, house: House, complaints: list[str], tmp_path: Path
) -> None:
    anna = await add_person(house, "Anna")
    await add_customer(house)
    page = await open_desk(browser, site, anna, complaints)
    await take(page)
    (tmp_path / "setup.exe").write_bytes(b"MZ\x90\x00" + bytes(60))
    await page.locator("[data-pick]").set_input_files(tmp_path / "setup.exe")
    await expect(page.get_by_role("alert")).to_have_text("setup.exe: Files of this kind are not accepted.")
    await page.locator("[data-pick]").evaluate("pick => pick.dataset.max = '10'")
    (tmp_path / "large.png").write_bytes(PICTURE)
    await page.locator("[data-pick]").set_input_files(tmp_path / "large.png")
    await expect(page.get_by_role("alert")).to_have_text("large.png is larger than 0 MB.")
    await expect(page.locator(".attached-file")).to_have_count(0)


async def test_what_plays_goes_on_when_the_thread_changes(
    browser: Browser, site: Site, house: House, complaints: list[str]
) -> None:
    anna = await add_person(house, "Anna")
    customer = await fill(house)
    page = await open_desk(browser, site, anna, complaints)
    await page.locator(".row").first.click()
    await expect(page.locator('body[data-live="yes"]')).to_be_visible()
    await page.locator("audio").evaluate("player => { player.dataset.same = 'yes' }")
    await say(house, customer, "text", "are you there?")
    house.fanout.thread(customer)
    await expect(page.locator(".said.customer .said-text").last).to_have_text("are you there?")
    await expect(page.locator("audio")).to_have_attribute("data-same", "yes")


_GIVE = """(target, [event, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], event === "paste" ? "pasted.png" : "dropped.png", { type: "image/png" }));
  const given = event === "paste" ? { clipboardData: data } : { dataTransfer: data };
  const made = event === "paste" ? new ClipboardEvent(event, { bubbles: true, cancelable: true, ...given })
    : new DragEvent(event, { bubbles: true, cancelable: true, ...given });
  target.dispatchEvent(made);
}"""
