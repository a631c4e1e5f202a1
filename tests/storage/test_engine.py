"""A pool hands out connections that Postgres still knows, and says so when it has none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.storage import driver
from onethread.storage.engine import AWAY, Engines, open_engines


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    opened = open_engines(database_url, lane_slots=2, turn_deadline_s=10)
    yield opened
    await opened.close()


async def backend(conn: AsyncConnection) -> int:
    ((pid,),) = await driver.fetch(conn, "select pg_backend_pid()", {})
    return int(pid)


def end(database_url: str, *pids: int) -> None:
    """As a restart of Postgres does it to them, and not before it is done."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        for pid in pids:
            admin.execute("select pg_terminate_backend(%s, 5000)", [pid])


async def test_connections_that_postgres_ended_are_replaced_before_anybody_uses_them(
    engines: Engines, database_url: str
) -> None:
    async with engines.lanes.connect() as one, engines.lanes.connect() as two:
        old = {await backend(one), await backend(two)}
    end(database_url, *old)
    async with engines.lanes.connect() as one, engines.lanes.connect() as two:
        assert not old & {await backend(one), await backend(two)}


async def test_a_word_of_the_server_costs_no_connection(engines: Engines, database_url: str) -> None:
    async with engines.lanes.connect() as conn:
        old = await backend(conn)
        await conn.execute(text("set client_min_messages = 'notice'"))
        await conn.execute(text("listen anything"))
        await conn.commit()
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("notify anything")
    async with engines.lanes.connect() as conn:
        assert await backend(conn) == old


async def test_a_connection_lost_in_mid_use_says_that_the_database_is_away_and_is_not_used_again(
    engines: Engines, database_url: str
) -> None:
    async with engines.lanes.connect() as conn:
        old = await backend(conn)
        end(database_url, old)
        with pytest.raises(AWAY):
            await driver.fetch(conn, "select 1", {})
        with pytest.raises(AWAY):
            await driver.fetch(conn, "select 1", {})
    async with engines.lanes.connect() as conn:
        assert await backend(conn) != old


async def test_what_runs_through_the_driver_is_of_the_same_transaction(engines: Engines) -> None:
    async with engines.lanes.connect() as conn:
        async with conn.begin():
            await conn.execute(text("create table kept (n int)"))
            await driver.fetch(conn, "insert into kept values (%(n)s) returning n", {"n": 1})
        async with conn.begin() as undone:
            await driver.fetch(conn, "insert into kept values (%(n)s) returning n", {"n": 2})
            await undone.rollback()
        # As with SQLAlchemy's own statements: one begins by itself, and is over at the end unless committed.
        await driver.fetch(conn, "insert into kept values (%(n)s) returning n", {"n": 3})
        await conn.commit()
        await driver.fetch(conn, "insert into kept values (%(n)s) returning n", {"n": 4})
    async with engines.lanes.connect() as conn:
        assert await driver.fetch(conn, "select n from kept order by n", {}) == [(1,), (3,)]
