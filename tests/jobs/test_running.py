"""Jobs on a real Postgres: deferred with a commit, done once, tried again, survived by the next worker."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from procrastinate import App, PsycopgConnector

from onethread.jobs.deferring import defer
from onethread.jobs.running import Attempt, Jobs, delay_s, give_back
from onethread.storage.engine import Engines, open_engines
from onethread.supervisor.ports import free_port
from tests.fakes.house import until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    opened = open_engines(database_url, lane_slots=1, turn_deadline_s=10)
    yield opened
    await opened.close()


@asynccontextmanager
async def running(jobs: Jobs) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(jobs.run(stop))
        try:
            yield
        finally:
            stop.set()


async def count(url: str, where: str = "true") -> int:
    async with await psycopg.AsyncConnection.connect(url) as conn:
        found = await (
            await conn.execute(
                f"select count(*) from procrastinate_jobs where task_name = 'count' and {where}"  # type: ignore[arg-type]
            )
        ).fetchone()
    assert found is not None
    return int(found[0])


async def test_a_job_is_done_once_and_leaves_no_row(database_url: str, engines: Engines) -> None:
    done: list[tuple[int, int]] = []

    async def add(attempt: Attempt, *, number: int) -> None:
        done.append((number, attempt.number))

    jobs = Jobs(database_url)
    jobs.task("count", add)
    async with engines.web.begin() as conn:
        await defer(conn, "count", [{"number": 1}, {"number": 2}])
    async with running(jobs):
        await until(lambda: _none_left(database_url))
    assert sorted(done) == [(1, 1), (2, 1)]


async def _none_left(url: str) -> bool:
    return await count(url) == 0


async def test_a_job_of_a_transaction_that_is_rolled_back_was_never_asked_for(
    database_url: str, engines: Engines
) -> None:
    async with engines.web.connect() as conn:
        await conn.begin()
        await defer(conn, "count", [{"number": 1}])
        await conn.rollback()
    assert await count(database_url) == 0


async def test_a_job_that_fails_waits_and_its_last_try_knows_that_it_is(
    database_url: str, engines: Engines
) -> None:
    tried: list[Attempt] = []

    async def fail(attempt: Attempt, *, number: int) -> None:
        tried.append(attempt)
        raise RuntimeError("not today")

    jobs = Jobs(database_url)
    jobs.task("count", fail, tries=2)
    async with engines.web.begin() as conn:
        await defer(conn, "count", [{"number": 1}])
    async with running(jobs):
        await until(lambda: _holds(database_url, "status = 'todo' and scheduled_at > now() + interval '5 s'"))
        async with engines.web.begin() as conn:
            await conn.exec_driver_sql("update procrastinate_jobs set scheduled_at = now()")
            await defer(conn, "other", [{}])  # wakes the worker
        await until(lambda: _holds(database_url, "status = 'failed'"))
    assert tried == [Attempt(1, last=False), Attempt(2, last=True)]


async def _holds(url: str, where: str) -> bool:
    return await count(url, where) == 1


async def test_the_job_of_a_killed_worker_is_done_once_by_the_next(
    database_url: str, engines: Engines
) -> None:
    async with engines.web.begin() as conn:
        await defer(conn, "count", [{"number": 7}])
    doomed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.jobs.doomed", database_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert doomed.stdout is not None
    assert await asyncio.wait_for(doomed.stdout.readline(), 20) == b"begun 7\n"
    doomed.kill()
    await doomed.wait()
    assert await _holds(database_url, "status = 'doing'")

    done: list[tuple[int, int]] = []

    async def add(attempt: Attempt, *, number: int) -> None:
        done.append((number, attempt.number))

    jobs = Jobs(database_url)
    jobs.task("count", add)
    async with running(jobs), App(connector=PsycopgConnector(conninfo=database_url)).open_async() as app:
        # As the schedule does each ten seconds; here the dead need not be silent so long first.
        assert await give_back(app, silent_s=0) >= 1
        await until(lambda: _none_left(database_url))
    assert done == [(7, 2)]


async def test_what_was_begun_may_end_when_the_worker_is_stopped(database_url: str, engines: Engines) -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(attempt: Attempt, *, number: int) -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    jobs, stop = Jobs(database_url), asyncio.Event()
    jobs.task("count", slow)
    async with engines.web.begin() as conn:
        await defer(conn, "count", [{"number": 1}])
    async with asyncio.TaskGroup() as group:
        group.create_task(jobs.run(stop))
        await asyncio.wait_for(begun.wait(), 20)
        stop.set()
        may_end.set()
    assert ended.is_set()
    assert await count(database_url) == 0


async def test_a_worker_whose_database_is_away_can_be_stopped(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.3, stop.set)
    async with asyncio.timeout(10):
        await Jobs(f"postgresql://nobody@127.0.0.1:{free_port()}/none").run(stop)


async def test_a_worker_that_lost_its_database_goes_on_when_it_is_back(
    database_url: str, engines: Engines
) -> None:
    done = asyncio.Event()

    async def note(attempt: Attempt, *, number: int) -> None:
        done.set()

    jobs = Jobs(database_url)
    jobs.task("count", note)
    async with running(jobs):
        await until(lambda: _connected(engines))
        async with engines.web.connect() as conn:
            await conn.exec_driver_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'onethread jobs' and datname = current_database()"
            )
        async with engines.web.begin() as conn:
            await defer(conn, "count", [{"number": 1}])
        async with asyncio.timeout(30):
            await done.wait()


async def _connected(engines: Engines) -> bool:
    async with engines.web.connect() as conn:
        found = await conn.exec_driver_sql(
            "select count(*) from pg_stat_activity"
            " where application_name = 'onethread jobs' and datname = current_database()"
        )
        return int(found.scalar_one()) > 1


def test_the_wait_grows_to_an_hour() -> None:
    assert [delay_s(n) for n in range(6)] == [10, 40, 160, 640, 2560, 3600]
