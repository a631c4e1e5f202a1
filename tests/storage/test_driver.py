"""A statement that is its own transaction: kept when it returns, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from onethread.storage import driver
from onethread.storage.engine import AWAY, open_engines
from tests.fakes.house import until

_KEEP = "insert into kept values (%(n)s) returning n"
_ALL = "select n from kept order by n"

_SLEEPERS = "select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("create table kept (n int primary key)")
    opened = open_engines(database_url, lane_slots=2, turn_deadline_s=10)
    yield opened.web
    await opened.close()


async def test_a_statement_alone_is_kept_when_it_returns(engine: AsyncEngine, database_url: str) -> None:
    assert await driver.fetch(engine, _KEEP, {"n": 1}) == [(1,)]
    with psycopg.connect(database_url) as other:
        assert other.execute(_ALL).fetchall() == [(1,)]


async def test_its_connection_is_in_no_transaction_of_others_and_makes_theirs_as_before(
    engine: AsyncEngine,
) -> None:
    await driver.fetch(engine, _KEEP, {"n": 1})
    async with engine.connect() as conn:
        await driver.fetch(conn, _KEEP, {"n": 2})
        assert await driver.fetch(engine, _ALL, {}) == [(1,)]
    assert await driver.fetch(engine, _ALL, {}) == [(1,)]


async def test_a_refused_statement_keeps_nothing_and_spoils_no_connection(engine: AsyncEngine) -> None:
    await driver.fetch(engine, _KEEP, {"n": 1})
    ((pid,),) = await driver.fetch(engine, "select pg_backend_pid()", {})
    with pytest.raises(IntegrityError) as refused:
        await driver.fetch(engine, "insert into kept values (2), (%(n)s) returning n", {"n": 1})
    assert isinstance(refused.value.orig, psycopg.errors.UniqueViolation)
    assert await driver.fetch(engine, _ALL, {}) == [(1,)]
    assert await driver.fetch(engine, "select pg_backend_pid()", {}) == [(pid,)]


async def test_a_connection_that_dies_in_mid_statement_is_told_of_and_replaced(engine: AsyncEngine) -> None:
    with pytest.raises(AWAY):
        await driver.fetch(engine, "select pg_terminate_backend(pg_backend_pid())", {})
    assert await driver.fetch(engine, _KEEP, {"n": 1}) == [(1,)]


async def test_nobody_there_to_connect_to_is_said_as_of_any_statement() -> None:
    nowhere = open_engines("postgresql://nobody@127.0.0.1:1/none", lane_slots=1, turn_deadline_s=1)
    with pytest.raises(OperationalError):
        await driver.fetch(nowhere.web, "select 1", {})
    await nowhere.close()


async def test_who_stops_waiting_leaves_no_connection_behind(engine: AsyncEngine) -> None:
    asked = asyncio.create_task(driver.fetch(engine, "select pg_sleep(20)", {}))

    async def sleeps() -> bool:
        return bool(
            await driver.fetch(engine, "select 1 from pg_stat_activity where wait_event = 'PgSleep'", {})
        )

    await until(sleeps)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert not await sleeps()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_the_error_does_not_tell_the_values(engine: AsyncEngine) -> None:
    with pytest.raises(DBAPIError) as refused:
        await driver.fetch(engine, "select %(word)s::text || no_such_column", {"word": "a secret"})
    assert "a secret" not in str(refused.value)
