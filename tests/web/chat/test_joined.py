"""The chat page of somebody who is found to be a customer known before: told anew, nothing twice."""

from __future__ import annotations

from sqlalchemy import text

from onethread.app import House
from onethread.identity.linking import ask_link
from onethread.identity.merging import carry_out_link
from onethread.identity.undoing import undo_link
from onethread.ids import AddressId, LinkId
from tests.fakes.echo import EchoWorker
from tests.handoff.people import add_customer
from tests.web.house import Site

from .tab import Browser, new_token, tab


async def join(house: House) -> LinkId:
    """The two addresses there are become one customer's."""
    async with house.engines.web.begin() as conn:
        ids = [AddressId(row.id) for row in await conn.execute(text("select id from addresses"))]
        link_id = await ask_link(conn, ids[0], ids[1], trust="proved", evidence="deep_link")
    await carry_out_link(house.engines.senders, link_id)
    return link_id


async def told_anew(browser: Browser) -> None:
    """Forget what was told, as the page does."""
    before = browser.thread
    while browser.thread == before:
        frame = await browser.next()
    assert frame["reset"] is True
    browser.lines.clear()


async def test_an_open_page_and_one_that_was_away_see_the_thread_once(
    site: Site, house: House, worker: EchoWorker
) -> None:
    await add_customer(house, "from the phone", connector="twilio_sms", owner="bot")
    token = await new_token(site)
    async with tab(site) as browser, tab(site) as away:
        await browser.hello(token)
        await away.hello(token)
        await browser.say("one")
        whole = ["one", "echo one"]
        assert await browser.until_lines(2) == await away.until_lines(2) == whole
        link_id = await join(house)
        await told_anew(browser)
        # What was said elsewhere is shown to nobody here.
        assert await browser.until_lines(2) == whole
        await browser.say("two")
        whole += ["two", "echo two"]
        assert await browser.until_lines(4) == whole
        await undo_link(house.engines.senders, link_id, by=None, reason="a mistake")
        await told_anew(browser)
        assert await browser.until_lines(4) == whole
        await browser.say("three")
        whole += ["three", "echo three"]
        assert await browser.until_lines(6) == whole
    async with tab(site) as back:
        # It remembers a thread of before, and numbers that mean other messages now.
        await back.hello(token, last_seq=away.told, thread=away.thread)
        await back.until_lines(6)
        assert back.texts == whole
        assert len({line["seq"] for line in back.lines}) == 6
