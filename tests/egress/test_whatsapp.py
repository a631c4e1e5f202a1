"""Sending through WhatsApp: Meta's pace, its echo, its window, with a real database and a fake Meta."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from .offices import Office, open_office

ANN, BEN = 1, 2


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with open_office("whatsapp_cloud", database_url) as opened:
        yield opened


async def test_what_is_sent_is_heard_to_be_read(office: Office) -> None:
    await office.say(ANN, "one", "two")
    async with office.sending():
        await office.until(read=2)
    assert office.bodies_to(ANN) == ["one", "two"]


async def test_the_pair_rate_makes_one_person_wait_and_nobody_else(office: Office) -> None:
    await office.say(ANN, "one", "two")
    office.fake.faults.add("error", code=131056)
    async with office.sending():
        await office.see("select count(*) from outbox where error_code = '131056'", (1,))
        await office.say(BEN, "quick")
        await office.until(queued=2, read=1)
        assert (office.bodies_to(ANN), office.bodies_to(BEN)) == ([], ["quick"])
        await office.until(read=3)
    assert office.bodies_to(ANN) == ["one", "two"]


async def test_fifty_lost_answers_are_settled_by_the_echo(office: Office) -> None:
    for number in range(50):
        await office.say(100 + number, f"answer {number}")
    office.fake.faults.add("drop_after_accept", times=50)
    async with office.sending():
        await office.until(timeout_s=60, read=50)
    assert len(office.fake.sent) == len({message.text for message in office.fake.sent}) == 50
    kept = await office.rows("select provider_message_id from outbox order by 1")
    assert kept == sorted((message.id,) for message in office.fake.sent)


async def test_an_unclear_send_without_an_echo_is_left_to_a_person(office: Office) -> None:
    await office.say(ANN, "one")
    office.fake.faults.add("drop_after_accept", silent=True)
    async with office.sending(echo_wait_s=0.2):
        await office.until(unknown=1)
        await office.see("select due_at::text from outbox", ("infinity",))
    assert office.fake.requests == 1


async def test_statuses_in_any_order_only_move_forward(office: Office) -> None:
    await office.say(ANN, "one")
    await office.say(BEN, "two")
    office.fake.faults.add("callbacks_reversed")
    office.fake.faults.add("callbacks_early")
    async with office.sending():
        await office.until(read=2)
        await office.see("select count(*) from receipts where not applied", (0,))
    assert await office.rows("select count(*) from receipts") == [(6,)]


async def test_a_closed_window_is_refused_once_and_says_why(office: Office) -> None:
    await office.say(ANN, "late")
    office.fake.windows[office.phone(ANN)] -= 25 * 3600
    async with office.sending():
        await office.until(held=1)
    assert await office.rows("select error_code, attempts from outbox") == [("131047", 1)]


async def test_whoever_cannot_be_reached_is_marked_by_the_status(office: Office) -> None:
    await office.say(ANN, "one")
    office.fake.faults.add("undelivered", code=131026)
    async with office.sending():
        await office.until(failed=1)
    ((why,),) = await office.rows("select undeliverable from addresses")
    assert "131026" in str(why)


async def test_a_revoked_token_stops_the_account_and_keeps_its_queue(office: Office) -> None:
    await office.say(ANN, "one", "two")
    office.fake.access_token = "rotated"
    async with office.sending():
        await office.see("select count(*) from outbox where error_code = '190'", (1,))
        await office.until(queued=2)
    assert office.fake.sent == []
