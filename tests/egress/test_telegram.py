"""Sending through Telegram, which has no echo: an unclear send goes out once more, and only once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from connectors.contract import Connector, OutboundMessage
from connectors.telegram.connector import Telegram
from onethread.egress.sender import run
from onethread.ids import AddressId
from onethread.storage import addresses, outbox
from onethread.storage.engine import Engines, open_engines
from simulator.telegram import FakeTelegram

from .post_office import FakeFanout

DOOR = ("telegram", "default")
TOKEN = "3:token-of-a-fake-bot"


@dataclass
class Office:
    """Egress and a fake Telegram."""

    engines: Engines
    connectors: dict[tuple[str, str], Connector]
    fanout: FakeFanout

    async def say(self, chat: str, said: str) -> None:
        async with self.engines.web.begin() as conn:
            customer = await addresses.create_customer(
                conn, *DOOR, chat, channel="telegram", phone=None, display_name=""
            )
            known = await addresses.find_address(conn, *DOOR, chat)
            assert known is not None
            await outbox.enqueue(
                conn,
                customer_id=customer,
                address_id=AddressId(known.id),
                message_id=None,
                turn_id=None,
                purpose="reply",
                parts=self.connectors[DOOR].render(OutboundMessage(said)),
            )

    async def states(self) -> list[str]:
        async with self.engines.web.connect() as conn:
            return list((await conn.execute(text("select status from outbox order by id"))).scalars())

    async def until(self, states: list[str]) -> None:
        for _ in range(500):
            if await self.states() == states:
                return
            await asyncio.sleep(0.03)
        raise AssertionError(f"{await self.states()} did not become {states}")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(run(self, stop, echo_wait_s=0.2))
        try:
            yield
        finally:
            stop.set()
            await task


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=TOKEN) as fake:
        yield fake


@pytest.fixture
async def office(database_url: str, telegram: FakeTelegram) -> AsyncIterator[Office]:
    door = Telegram.from_env(
        {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_SECRET_TOKEN": "s", "TELEGRAM_API_URL": telegram.api_url}
    )
    assert door is not None
    engines = open_engines(database_url, lane_slots=2, turn_deadline_s=10)
    yield Office(engines, {DOOR: door}, FakeFanout())
    await door.close()
    await engines.close()


async def test_a_lost_answer_is_sent_once_more(office: Office, telegram: FakeTelegram) -> None:
    telegram.faults.add("drop_after_accept")
    await office.say("77", "hello")
    async with office.open():
        await office.until(["sent"])
    assert [message.text for message in telegram.sent] == ["hello", "hello"]


async def test_a_second_lost_answer_is_left_to_people(office: Office, telegram: FakeTelegram) -> None:
    telegram.faults.add("drop_after_accept", times=9)
    await office.say("77", "hello")
    async with office.open():
        await telegram.wait_for(2)
        await office.until(["unknown"])
        await asyncio.sleep(1.0)
    assert len(telegram.sent) == 2


async def test_who_blocked_the_bot_is_marked_and_the_others_are_served(
    office: Office, telegram: FakeTelegram
) -> None:
    telegram.blocked.add(77)
    await office.say("77", "hello")
    await office.say("78", "hello")
    async with office.open():
        await office.until(["failed", "sent"])
    async with office.engines.web.connect() as conn:
        marked = (
            await conn.execute(text("select key from addresses where undeliverable is not null"))
        ).scalars()
        assert list(marked) == ["77"]


async def test_one_chats_limit_does_not_hold_up_another(office: Office, telegram: FakeTelegram) -> None:
    telegram.faults.add("rate_limit", seconds=2)
    await office.say("77", "first")
    async with office.open():
        await telegram.until(lambda: len(telegram.calls) == 1)
        await office.say("78", "second")
        await telegram.wait_for(2)
    assert [message.text for message in telegram.sent] == ["second", "first"]
