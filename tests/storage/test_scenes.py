"""What a turn reads is bounded, however long its customer has been writing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from onethread.ids import CustomerId
from onethread.storage.addresses import create_customer
from onethread.storage.engine import Engines, open_engines
from onethread.storage.scenes import Scene, read_scene

HOUR = timedelta(hours=1)


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    opened = open_engines(database_url, lane_slots=1, turn_deadline_s=10)
    yield opened
    await opened.close()


async def a_customer(engines: Engines, *, messages: int) -> CustomerId:
    """Somebody who has one message waiting; every second of these is the bot's, one a minute until now."""
    async with engines.web.begin() as conn:
        customer = await create_customer(
            conn, "fake", "default", "key", channel="sms", phone=None, display_name=""
        )
        values = {"customer": customer, "messages": messages}
        await conn.execute(text("update conversations set owner_since = now() - interval '1 year'"))
        await conn.execute(
            text("""
                insert into messages (customer_id, seq, direction, author, address_id, text, turn_id,
                    created_at)
                select a.customer_id, n, case n % 2 when 0 then 'out' else 'in' end,
                    case n % 2 when 0 then 'bot' else 'customer' end, a.id, 'words ' || n,
                    case n % 2 when 0 then gen_random_uuid() end,
                    now() - make_interval(mins => :messages + 1 - n)
                from addresses a, generate_series(1, :messages) n
            """),
            values,
        )
        await conn.execute(
            text("""
                insert into inbox (connector, account, provider_message_id, address_key, kind, text)
                values ('fake', 'default', 'p1', 'key', 'text', 'hello')
            """)
        )
    async with engines.web.connect() as conn:
        await (await conn.execution_options(isolation_level="AUTOCOMMIT")).execute(text("analyze"))
    return customer


async def look(engines: Engines, customer: CustomerId) -> tuple[Scene, int]:
    """The scene, and how many rows of the history were read for it."""
    async with engines.lanes.connect() as conn:
        scene = await read_scene(conn, customer, HOUR)
        found = await conn.execute(
            text("""
                select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'messages'
            """)
        )
        assert scene is not None
        return scene, found.scalar_one()


async def test_a_long_history_is_not_read_whole(engines: Engines) -> None:
    scene, read = await look(engines, await a_customer(engines, messages=6_000))
    assert read < 150
    assert scene.recent.answered == 30
    assert scene.recent.heard == ("words 5999", "words 5997")
    assert [spoken.seq for spoken in scene.shown] == [6_000]
    assert [row.text for row in scene.waiting] == ["hello"]


async def test_what_was_before_the_owner_or_the_hour_does_not_count(engines: Engines) -> None:
    customer = await a_customer(engines, messages=50)
    async with engines.web.begin() as conn:
        await conn.execute(
            text("update conversations set owner_since = now() - interval '5 minutes 30 seconds'")
        )
    scene, _ = await look(engines, customer)
    assert (scene.recent.answered, scene.recent.heard) == (3, ("words 49", "words 47"))
    async with engines.web.begin() as conn:
        await conn.execute(text("update messages set created_at = created_at - interval '2 hours'"))
    scene, _ = await look(engines, customer)
    assert (scene.recent.answered, scene.recent.heard) == (0, ())


async def test_nothing_waits_for_somebody_who_wrote_nothing(engines: Engines) -> None:
    customer = await a_customer(engines, messages=2)
    async with engines.lanes.connect() as conn:
        await conn.execute(text("update inbox set status = 'done', turn_id = gen_random_uuid()"))
        assert await read_scene(conn, customer, HOUR) is None
