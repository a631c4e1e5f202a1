"""What a platform received and we did not, against real Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from connectors.contract import CredentialsRejected, PlatformUnavailable, RateLimited
from onethread.ingress import reconciling
from onethread.ingress.accept import accept
from onethread.ingress.bodies import BodyVault
from onethread.ingress.reconciling import GRACE, OVERLAP, Reconciler
from onethread.storage import cursors
from onethread.storage.engine import Engines, open_engines
from tests.fakes.connector import FakeConnector, signed
from tests.fakes.house import until
from tests.fakes.listing import ListingConnector

SECRET = "s" * 40
NOW = 1_800_000_000.0
DAY = 24 * 3600.0


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    opened = open_engines(database_url, lane_slots=2, turn_deadline_s=10)
    yield opened
    await opened.close()


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door() -> ListingConnector:
    return ListingConnector()


@pytest.fixture
def reconciler(engines: Engines, door: ListingConnector, clock: Clock) -> Reconciler:
    return Reconciler(engines.web, BodyVault(SECRET), door, now=clock)


async def kept(engines: Engines) -> list[str]:
    async with engines.web.connect() as conn:
        return list((await conn.execute(text("select provider_message_id from inbox order by id"))).scalars())


async def test_what_came_before_the_first_start_is_not_ours(
    reconciler: Reconciler, door: ListingConnector, clock: Clock, engines: Engines
) -> None:
    door.receive(NOW - 60, id="old", **{"from": "a"})
    for later in (0.0, 30.0, 400.0, 1_000.0):
        clock.at = NOW + later
        assert await reconciler.ask() == 0
    assert door.asked == [NOW, NOW, NOW, NOW + 100]
    assert await kept(engines) == []


async def test_what_no_webhook_brought_is_kept_once_and_its_words_with_it(
    reconciler: Reconciler, door: ListingConnector, clock: Clock, engines: Engines
) -> None:
    await reconciler.ask()
    door.receive(NOW + 5, id="m1", text="hello", **{"from": "a"})
    door.receive(NOW + 6, id="m2", text="again", **{"from": "a"})
    await accept(engines.web, BodyVault(SECRET), door, signed({"id": "m2", "from": "a", "text": "again"}))
    clock.at += 60
    assert [await reconciler.ask() for _ in range(2)] == [1, 0]
    assert await kept(engines) == ["m2", "m1"]
    async with engines.web.connect() as conn:
        bodies = (await conn.execute(text("select body_id from inbox where text = 'hello'"))).scalar_one()
        assert b'"hello"' in await BodyVault(SECRET).read(conn, bodies)


async def test_what_its_webhook_may_still_bring_is_left_to_it(
    reconciler: Reconciler, door: ListingConnector, clock: Clock
) -> None:
    await reconciler.ask()
    door.receive(NOW + 10, id="m1", **{"from": "a"})
    clock.at = NOW + 10 + GRACE.total_seconds() - 1
    assert await reconciler.ask() == 0
    clock.at += 1
    assert await reconciler.ask() == 1


async def test_what_enters_the_list_late_is_still_found(
    reconciler: Reconciler, door: ListingConnector, clock: Clock
) -> None:
    await reconciler.ask()
    clock.at = NOW + 1_000
    assert await reconciler.ask() == 0
    door.receive(NOW + 1_000 - OVERLAP.total_seconds() + 1, id="m1", **{"from": "a"})
    clock.at = NOW + 1_030
    assert await reconciler.ask() == 1


async def test_a_house_that_was_away_for_a_month_answers_a_week_and_says_so(
    reconciler: Reconciler, door: ListingConnector, clock: Clock, engines: Engines
) -> None:
    await reconciler.ask()
    door.receive(NOW + DAY, id="a month ago", **{"from": "a"})
    door.receive(NOW + 25 * DAY, id="five days ago", **{"from": "a"})
    clock.at = NOW + 30 * DAY
    with capture_logs() as logs:
        assert await reconciler.ask() == 1
    assert [event["event"] for event in logs] == ["ingress.missed.too_old", "ingress.missed.kept"]
    assert await kept(engines) == ["five days ago"]


async def test_a_refused_question_moves_no_cursor(
    reconciler: Reconciler, door: ListingConnector, clock: Clock
) -> None:
    await reconciler.ask()
    door.receive(NOW + 1, id="m1", **{"from": "a"})
    door.faults.append(PlatformUnavailable("down"))
    clock.at = NOW + DAY
    with pytest.raises(PlatformUnavailable):
        await reconciler.ask()
    assert await reconciler.ask() == 1


async def test_a_cursor_never_goes_back(engines: Engines) -> None:
    first = datetime(2026, 3, 1, tzinfo=UTC)
    async with engines.web.begin() as conn:
        assert await cursors.begin_at(conn, "fake_sms", "default", "inbound", first) == first
        await cursors.move(conn, "fake_sms", "default", "inbound", first - timedelta(days=1))
        assert await cursors.begin_at(conn, "fake_sms", "default", "inbound", first) == first


@asynccontextmanager
async def worker(engines: Engines, *doors: FakeConnector) -> AsyncIterator[None]:
    """One process's share of the asking."""
    stop = asyncio.Event()
    run = reconciling.run(
        engines.senders,
        BodyVault(SECRET),
        {(door.key, door.account): door for door in doors},
        stop,
        turn_s=0.05,
        every_s=0.05,
        pause_max_s=0.05,
    )
    task = asyncio.create_task(run)
    try:
        yield
    finally:
        stop.set()
        await task


async def asked(door: ListingConnector, times: int) -> None:
    async def enough() -> bool:
        return len(door.asked) >= times

    await until(enough)


async def test_of_two_processes_one_asks_and_the_other_takes_over(engines: Engines) -> None:
    first, second = ListingConnector(), ListingConnector()
    async with AsyncExitStack() as later:
        async with worker(engines, first):
            await asked(first, 1)
            await later.enter_async_context(worker(engines, second))
            await asked(first, 10)
            assert second.asked == []
        await asked(second, 1)


async def test_a_lost_lock_is_asked_for_again(engines: Engines) -> None:
    async with worker(engines, door := ListingConnector()):
        await asked(door, 1)
        async with engines.web.begin() as conn:
            killed = await conn.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
                    " and database = (select oid from pg_database where datname = current_database())"
                )
            )
            assert len(killed.all()) == 1
        before = len(door.asked)
        await asked(door, before + 3)


async def test_a_refusal_is_told_once_and_waited_out(engines: Engines) -> None:
    door = ListingConnector()
    door.faults += [CredentialsRejected("revoked", code="20003") for _ in range(5)]
    door.faults += [RateLimited("slow down", retry_after=0.1)]
    with capture_logs() as logs:
        async with worker(engines, door):
            await asked(door, 8)
    assert [(event["event"], event["error"], event["code"]) for event in logs] == [
        ("ingress.missed.not_listed", "CredentialsRejected", "20003"),
        ("ingress.missed.not_listed", "RateLimited", None),
    ]


async def test_a_door_without_a_list_is_not_asked(engines: Engines) -> None:
    async with worker(engines, FakeConnector(key="fake_push"), door := ListingConnector()):
        await asked(door, 2)
