"""A thread is read by number: nothing is skipped, nothing comes twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from onethread.ids import CustomerId, MessageId
from onethread.storage import pages, threads
from onethread.storage.addresses import create_customer, find_address, reply_address
from onethread.storage.engine import Engines, open_engines


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    opened = open_engines(database_url, lane_slots=8, turn_deadline_s=10)
    yield opened
    await opened.close()


async def a_customer(engines: Engines, key: str = "key") -> CustomerId:
    async with engines.web.begin() as conn:
        return await create_customer(conn, "fake", "default", key, channel="sms", phone=None, display_name="")


def note(said: str) -> threads.NewMessage:
    return threads.NewMessage(MessageId(uuid4()), "note", "agent", said)


async def test_a_reader_by_number_never_misses_what_commits_late(engines: Engines) -> None:
    customer = await a_customer(engines)

    async def write(number: int) -> None:
        async with engines.lanes.begin() as conn:
            await asyncio.sleep(0.001 * (number % 5))
            await pages.append(conn, customer, [note(f"{number}.a"), note(f"{number}.b")])
            await asyncio.sleep(0.001 * (number % 3))

    seen: list[int] = []
    writing = asyncio.gather(*(write(number) for number in range(40)))
    while len(seen) < 80:
        async with engines.web.connect() as conn:
            after = seen[-1] if seen else 0
            seen += [m.seq for m in await threads.read_thread(conn, customer, after, notes=True)]
    await writing
    assert seen == list(range(1, 81))


async def test_the_newest_are_read_in_order_and_older_ones_before_them(engines: Engines) -> None:
    customer = await a_customer(engines)
    async with engines.web.begin() as conn:
        await pages.append(conn, customer, [note(str(number)) for number in range(1, 11)])
        newest = await threads.read_latest(conn, customer, 3, notes=True)
        assert [message.seq for message in newest] == [8, 9, 10]
        older = await threads.read_latest(conn, customer, 3, before_seq=8, notes=True)
        assert [message.seq for message in older] == [5, 6, 7]
        assert await threads.read_latest(conn, customer, 3) == []
        assert await threads.last_seq(conn, customer) == 10
        assert await threads.last_seq(conn, CustomerId(uuid4())) == 0


async def test_an_unfinished_transaction_gives_its_numbers_back(engines: Engines) -> None:
    customer = await a_customer(engines)
    async with engines.web.connect() as conn:
        await pages.append(conn, customer, [note("lost")])
        await conn.rollback()
    async with engines.web.begin() as conn:
        assert await pages.append(conn, customer, [note("kept")]) == [1]


async def test_an_answer_goes_where_the_customer_last_wrote_from(engines: Engines) -> None:
    customer = await a_customer(engines, "first")
    await a_customer(engines, "second")
    async with engines.web.begin() as conn:
        await conn.execute(text("update addresses set customer_id = :c"), {"c": customer})
        for key in ("second", "first", "second"):
            known = await find_address(conn, "fake", "default", key)
            assert known is not None
            heard = threads.NewMessage(MessageId(uuid4()), "in", "customer", "hi", address_id=known.id)
            await pages.append(conn, customer, [heard])
        chosen = await reply_address(conn, customer)
        assert chosen is not None
        assert chosen.key == "second"
        await conn.execute(text("update addresses set opted_out_at = now() where key = 'second'"))
        chosen = await reply_address(conn, customer)
        assert chosen is not None
        assert chosen.key == "first"
