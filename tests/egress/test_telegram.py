"""Sending through Telegram, which has no echo: an unclear send goes out once more, and only once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from .offices import Office, open_office

ANN, BEN = 1, 2
ECHO_WAIT_S = 0.2


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with open_office("telegram", database_url) as opened:
        yield opened


async def test_a_lost_answer_is_sent_once_more(office: Office) -> None:
    office.fake.faults.add("drop_after_accept")
    await office.say(ANN, "hello")
    async with office.sending(echo_wait_s=ECHO_WAIT_S):
        await office.until(sent=1)
    assert office.bodies() == ["hello", "hello"]


async def test_a_second_lost_answer_is_left_to_people(office: Office) -> None:
    office.fake.faults.add("drop_after_accept", times=9)
    await office.say(ANN, "hello")
    async with office.sending(echo_wait_s=ECHO_WAIT_S):
        await office.see("select status, due_at::text from outbox", ("unknown", "infinity"))
    assert office.bodies() == ["hello", "hello"]


async def test_who_blocked_the_bot_is_marked_and_the_others_are_served(office: Office) -> None:
    office.fake.blocked.add(int(office.phone(ANN)))
    await office.say(ANN, "hello")
    await office.say(BEN, "hello")
    async with office.sending():
        await office.until(failed=1, sent=1)
    marked = await office.rows("select key from addresses where undeliverable is not null")
    assert marked == [(office.phone(ANN),)]


async def test_one_chats_limit_does_not_hold_up_another(office: Office) -> None:
    office.fake.faults.add("rate_limit", seconds=2)
    await office.say(ANN, "first")
    async with office.sending():
        await office.fake.until(lambda: len(office.fake.calls) == 1)
        await office.say(BEN, "second")
        await office.until(sent=2)
    assert office.bodies() == ["second", "first"]
