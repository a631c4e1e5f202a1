"""Free text after 24 hours: held, asked for, and sent when the customer writes; with a fake Meta."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.egress.windows import CLOSED, UNASKED
from onethread.ids import AddressId, CustomerId
from onethread.storage import consent, pages, windows

from .offices import Office, open_office

DAY_S = 24 * 3600
TEMPLATE = {
    "WHATSAPP_REOPEN_TEMPLATE": "answer_waits/en_US",
    "WHATSAPP_REOPEN_TEXT": "We have an answer for you. May we send it?",
}


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with open_office("whatsapp_cloud", database_url) as opened:
        yield opened


@pytest.fixture
async def asking(database_url: str) -> AsyncIterator[Office]:
    async with open_office("whatsapp_cloud", database_url, **TEMPLATE) as opened:
        yield opened


async def heard(office: Office, number: int, *, ago_s: float) -> None:
    """This customer wrote so long ago, and both sides know it."""
    await office.customer(number)
    office.fake.windows[office.phone(number)] = office.fake.clock() - ago_s
    await office.execute("update addresses set heard_at = now() - make_interval(secs => :s)", s=ago_s)


async def writes(office: Office, number: int) -> None:
    """This customer writes now, and the turn that takes it up says so."""
    customer, address = await office.customer(number)
    office.fake.windows[office.phone(number)] = office.fake.clock()
    async with office.engines.web.begin() as conn:
        await note_heard(conn, customer, address, datetime.now(UTC))


async def note_heard(conn: AsyncConnection, customer: CustomerId, address: AddressId, at: datetime) -> None:
    """As a turn does that says nothing."""
    numbers = await pages.take_numbers(conn, customer, 0, address_id=address, heard_at=at)
    await pages.put(conn, pages.Page(customer, address, numbers.first, release=True))


def kinds(office: Office) -> list[str]:
    return [message.kind for message in office.fake.sent]


async def test_without_a_template_a_person_is_asked_and_the_platform_is_not(office: Office) -> None:
    await heard(office, 1, ago_s=DAY_S + 60)
    await office.say(1, "late", "later")
    async with office.sending():
        await office.until(held=2)
    assert await office.rows("select distinct error from outbox") == [(CLOSED,)]
    assert await office.rows("select owner, reason from conversations") == [("queue", CLOSED)]
    assert office.fake.requests == 0


async def test_inside_the_window_nothing_is_held(office: Office) -> None:
    await heard(office, 1, ago_s=DAY_S - 60)
    await office.say(1, "in time")
    async with office.sending():
        await office.until(read=1)


async def test_the_customer_is_asked_once_and_then_gets_everything_in_order(asking: Office) -> None:
    await heard(asking, 1, ago_s=DAY_S + 60)
    await asking.say(1, "late", "later")
    async with asking.sending():
        await asking.until(held=2, read=1)
        assert kinds(asking) == ["template"]
        assert await asking.rows("select text, direction from messages") == [
            (TEMPLATE["WHATSAPP_REOPEN_TEXT"], "out")
        ]
        assert await asking.rows("select owner from conversations") == [("bot",)]
        await writes(asking, 1)
        await asking.say(1, "new")
        await asking.until(read=4)
    assert asking.bodies_to(1)[1:] == ["late", "later", "new"]


async def test_a_window_that_closes_again_is_asked_for_again(asking: Office) -> None:
    await heard(asking, 1, ago_s=DAY_S + 60)
    await asking.say(1, "late")
    async with asking.sending():
        await asking.until(held=1, read=1)
        await asking.execute("update outbox set created_at = now() - interval '3 days'")
        await heard(asking, 1, ago_s=2 * DAY_S)
        await asking.say(1, "later")
        await asking.until(held=2, read=2)
    assert kinds(asking) == ["template", "template"]


async def test_what_the_platform_alone_knows_to_be_closed_ends_in_the_same_place(asking: Office) -> None:
    await heard(asking, 1, ago_s=60)
    asking.fake.windows[asking.phone(1)] -= 2 * DAY_S
    await asking.say(1, "late")
    async with asking.sending():
        await asking.until(held=1, read=1)
        assert await asking.rows("select error_code from outbox where status = 'held'") == [("131047",)]
        await writes(asking, 1)
        await asking.until(read=2)
    assert asking.bodies_to(1)[1:] == ["late"]


async def test_a_refusal_heard_later_ends_in_the_same_place(office: Office) -> None:
    await heard(office, 1, ago_s=60)
    office.fake.faults.add("undelivered", code=131047)
    await office.say(1, "late")
    async with office.sending():
        await office.until(held=1)
        assert await office.rows("select owner, reason from conversations") == [("queue", CLOSED)]
        await writes(office, 1)
        await office.until(read=1)
    assert office.bodies_to(1) == ["late", "late"]


async def test_a_template_that_is_refused_asks_a_person(asking: Office) -> None:
    await heard(asking, 1, ago_s=DAY_S + 60)
    asking.fake.faults.add("error", code=132001)
    await asking.say(1, "late")
    async with asking.sending():
        await asking.until(held=1, failed=1)
        await asking.see("select owner, reason from conversations", ("queue", UNASKED))


async def test_whoever_opts_out_meanwhile_gets_nothing_of_it(asking: Office) -> None:
    await heard(asking, 1, ago_s=DAY_S + 60)
    await asking.say(1, "late")
    async with asking.sending():
        await asking.until(held=1, read=1)
        _, address = await asking.customer(1)
        async with asking.engines.web.begin() as conn:
            await consent.record_stop(conn, address, source="word")
        await writes(asking, 1)
        await asking.until(suppressed=1, read=1)
    assert kinds(asking) == ["template"]


async def test_a_turn_that_is_at_the_address_is_waited_for(office: Office) -> None:
    await heard(office, 1, ago_s=DAY_S + 60)
    customer, address = await office.customer(1)
    await office.say(1, "late")
    async with office.engines.web.begin() as turn:
        await windows.lock_windows(turn, [address])
        async with office.sending():
            await office.see(
                "select status, due_at > created_at + interval '0.9 s' from outbox", ("queued", True)
            )
        await note_heard(turn, customer, address, datetime.now(UTC))
    office.fake.windows[office.phone(1)] = office.fake.clock()
    async with office.sending():
        await office.until(read=1)
    assert await office.rows("select owner from conversations") == [("bot",)]


@pytest.mark.parametrize(("ahead", "wanted"), [(timedelta(hours=1), True), (timedelta(days=-2), False)])
async def test_a_time_ahead_of_ours_counts_as_now_and_an_old_one_as_old(
    office: Office, ahead: timedelta, wanted: bool
) -> None:
    customer, address = await office.customer(1)
    async with office.engines.web.begin() as conn:
        await note_heard(conn, customer, address, datetime.now(UTC) + ahead)
    assert await office.rows(
        "select heard_at <= now(), heard_at > now() - interval '1 day' from addresses"
    ) == [(True, wanted)]
