"""Polling against a fake platform and real Postgres: one poller over all, nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from connectors.contract import Connector
from connectors.telegram.connector import Telegram
from onethread.ingress import polling, registering
from onethread.ingress.bodies import BodyVault
from onethread.storage.engine import Engines, open_engines
from simulator.telegram import FakeTelegram

ENV = {"TELEGRAM_BOT_TOKEN": "1:token-of-a-fake-bot", "TELEGRAM_MODE": "polling"}


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    opened = open_engines(database_url, lane_slots=2, turn_deadline_s=10)
    yield opened
    await opened.close()


@pytest.fixture
async def platform() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=ENV["TELEGRAM_BOT_TOKEN"]) as fake:
        yield fake


@asynccontextmanager
async def worker(engines: Engines, platform: FakeTelegram) -> AsyncIterator[asyncio.Task[None]]:
    """One process's share of the polling."""
    door = Telegram.from_env({**ENV, "TELEGRAM_API_URL": platform.api_url})
    assert door is not None
    doors: dict[tuple[str, str], Connector] = {("telegram", "default"): door}
    stop = asyncio.Event()
    task = asyncio.create_task(
        polling.run(engines.senders, BodyVault("s" * 40), doors, stop, turn_s=0.05, pause_s=0.05)
    )
    try:
        yield task
    finally:
        stop.set()
        await task
        await door.close()


async def kept(engines: Engines) -> list[str]:
    async with engines.web.connect() as conn:
        return list((await conn.execute(text("select text from inbox order by id"))).scalars())


async def until_kept(engines: Engines, texts: list[str]) -> None:
    for _ in range(500):
        if await kept(engines) == texts:
            return
        await asyncio.sleep(0.03)
    raise AssertionError(f"kept only {await kept(engines)}")


def polls(platform: FakeTelegram) -> list[dict[str, str]]:
    return [said for method, said in platform.calls if method == "getUpdates"]


async def test_what_waits_is_kept_and_then_confirmed(engines: Engines, platform: FakeTelegram) -> None:
    await platform.send_text(77, "one")
    await platform.send_text(77, "two")
    async with worker(engines, platform):
        await until_kept(engines, ["one", "two"])
        await platform.send_text(77, "three")
        await until_kept(engines, ["one", "two", "three"])
        await platform.until(lambda: platform.waiting == [])
    assert "offset" not in polls(platform)[0]


async def test_of_several_pollers_one_polls_and_another_takes_over(
    engines: Engines, platform: FakeTelegram
) -> None:
    async with worker(engines, platform):
        await platform.until(lambda: len(polls(platform)) > 0)
        async with worker(engines, platform):
            await platform.send_text(77, "one")
            await until_kept(engines, ["one"])
            starts = [said for said in polls(platform) if "offset" not in said]
            assert len(starts) == 1, "the second never began"
            async with engines.web.begin() as conn:
                killed = await conn.execute(
                    text(
                        "select pg_terminate_backend(pid) from pg_stat_activity"
                        " where application_name = 'onethread sole' and datname = current_database()"
                        " and pid in (select pid from pg_locks where locktype = 'advisory' and granted)"
                    )
                )
                assert len(killed.all()) == 1
            await platform.send_text(77, "two")
            await until_kept(engines, ["one", "two"])


async def test_nothing_is_confirmed_that_is_not_committed(
    engines: Engines, platform: FakeTelegram, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("alter table inbox rename to inbox_away")
        await platform.send_text(77, "one")
        async with worker(engines, platform):
            await platform.until(lambda: len(polls(platform)) >= 3)
            assert len(platform.waiting) == 1
            connection.execute("alter table inbox_away rename to inbox")
            await until_kept(engines, ["one"])
            await platform.until(lambda: platform.waiting == [])


async def test_a_conflict_and_an_outage_are_waited_out(engines: Engines, platform: FakeTelegram) -> None:
    platform.poll_faults.add("error", code=409)
    platform.poll_faults.add("server_error", code=502)
    platform.poll_faults.add("drop_before_accept")
    platform.poll_faults.add("html")
    await platform.send_text(77, "one")
    async with worker(engines, platform):
        await until_kept(engines, ["one"])


async def test_an_update_that_is_delivered_again_is_kept_once(
    engines: Engines, platform: FakeTelegram
) -> None:
    await platform.send_text(77, "one")
    again: list[dict[str, Any]] = list(platform.waiting)
    async with worker(engines, platform):
        await platform.until(lambda: platform.waiting == [])
    platform.waiting.extend(again)
    await platform.send_text(77, "two")
    async with worker(engines, platform):
        await until_kept(engines, ["one", "two"])


async def test_a_door_that_waits_for_webhooks_is_not_polled(engines: Engines, platform: FakeTelegram) -> None:
    door = Telegram.from_env(
        {
            **ENV,
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_SECRET_TOKEN": "s",
            "TELEGRAM_API_URL": platform.api_url,
        }
    )
    assert door is not None
    stop = asyncio.Event()
    stop.set()
    await polling.run(engines.senders, BodyVault("s" * 40), {("telegram", "default"): door}, stop)
    await registering.run({("telegram", "default"): door}, stop)
    assert platform.calls == []
    await door.close()


async def test_an_account_that_asks_for_it_is_registered(platform: FakeTelegram) -> None:
    door = Telegram.from_env(
        {
            **ENV,
            "TELEGRAM_MODE": "register",
            "TELEGRAM_SECRET_TOKEN": "s",
            "TELEGRAM_API_URL": platform.api_url,
            "ONETHREAD_PUBLIC_URL": "https://x.example",
        }
    )
    assert door is not None
    await registering.run({("telegram", "default"): door}, asyncio.Event())
    assert platform.webhook_url == "https://x.example/webhooks/telegram/default"
    await door.close()
