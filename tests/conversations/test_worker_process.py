"""Real worker processes that are killed, paused and stopped at the worst moments."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from connectors.contract import Address, InboundKind, InboundMessage
from onethread.crashpoints import POINTS, VARIABLE
from onethread.ingress.accept import accept_events
from onethread.ingress.bodies import BodyVault
from onethread.storage.engine import Engines, open_engines
from tests.fakes.house import until
from tests.fakes.rasa import SECRET, FakeRasa, echo

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
KEY = "s" * 40
DOOR = ("twilio_sms", "default")


@dataclass
class Ward:
    """A database, a Rasa, and workers to be hurt."""

    engines: Engines
    rasa: FakeRasa
    env: Mapping[str, str]

    async def receive(self, said: str, sender: str = "+15551230001") -> None:
        message = InboundMessage(uuid4().hex, Address(*DOOR, sender), InboundKind.TEXT, text=said)
        await accept_events(self.engines.web, BodyVault(KEY), *DOOR, [message], raw=b"")

    async def rows(self, query: str) -> list[Any]:
        async with self.engines.web.connect() as conn:
            return list(await conn.execute(text(query)))

    async def answered(self) -> bool:
        return {row.status for row in await self.rows("select status from inbox")} == {"done"}

    @asynccontextmanager
    async def worker(self, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "onethread.cli", "worker", env={**self.env, **env}, cwd=ROOT
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@pytest.fixture
async def ward(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Ward]:
    engines = open_engines(database_url, lane_slots=2, turn_deadline_s=1)
    async with FakeRasa() as rasa:
        yield Ward(
            engines,
            rasa,
            {
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "ONETHREAD_SECRET_KEY": KEY,
                "ONETHREAD_INTERNAL_SECRET": SECRET,
                "ONETHREAD_RASA_URLS": rasa.url,
                "ONETHREAD_TURN_DEADLINE_S": "2",
                "ONETHREAD_DATA_DIR": str(tmp_path),
                "ONETHREAD_PUBLIC_URL": "http://127.0.0.1:9",
                "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
                "TWILIO_AUTH_TOKEN": "t" * 32,
                "TWILIO_SMS_FROM": "+15550009000",
                "TWILIO_API_URL": "http://127.0.0.1:9",  # nobody takes the sends: they stay in the outbox
            },
        )
    await engines.close()


@pytest.mark.parametrize("point", sorted(point for point in POINTS if point.startswith("lane.")))
async def test_a_worker_killed_anywhere_in_a_turn_answers_once_in_the_end(ward: Ward, point: str) -> None:
    await ward.receive("hi")
    async with ward.worker(**{VARIABLE: point}) as doomed:
        assert await asyncio.wait_for(doomed.wait(), 60) == -signal.SIGKILL
    async with ward.worker():
        await until(ward.answered, seconds=60)
    assert [row.number for row in await ward.rows("select number from turns")] == [1]
    assert len(await ward.rows("select 1 from outbox")) == 1
    (row,) = await ward.rows("select attempts from inbox")
    assert row.attempts == (1 if point == "lane.after_commit" else 2)


async def test_a_paused_workers_commit_is_refused(ward: Ward) -> None:
    reached = asyncio.Event()

    async def hold(request: dict[str, Any]) -> dict[str, Any]:
        reached.set()
        await asyncio.sleep(1)
        return await echo(request)

    ward.rasa.answer = hold
    await ward.receive("hi")
    async with ward.worker() as zombie:
        await asyncio.wait_for(reached.wait(), 60)
        zombie.send_signal(signal.SIGSTOP)
        ward.rasa.answer = echo
        async with ward.worker():
            await until(ward.answered, seconds=60)
            zombie.send_signal(signal.SIGCONT)
            await asyncio.sleep(2)
    assert len(await ward.rows("select 1 from turns")) == 1
    assert len(await ward.rows("select 1 from outbox")) == 1
    assert len(await ward.rows("select 1 from messages where direction = 'out'")) == 1


async def test_a_stopped_worker_finishes_its_turn_and_leaves_the_rest(ward: Ward) -> None:
    reached, go = asyncio.Event(), asyncio.Event()

    async def hold(request: dict[str, Any]) -> dict[str, Any]:
        reached.set()
        await go.wait()
        return await echo(request)

    ward.rasa.answer = hold
    await ward.receive("first")
    async with ward.worker() as process:
        await asyncio.wait_for(reached.wait(), 60)
        await ward.receive("second")
        process.terminate()
        await asyncio.sleep(0.3)
        go.set()
        assert await asyncio.wait_for(process.wait(), 25) == 0
    assert [row.status for row in await ward.rows("select status from inbox order by id")] == [
        "done",
        "pending",
    ]


async def test_a_receiver_killed_around_its_commit_keeps_all_or_nothing(ward: Ward) -> None:
    receive = (
        "import asyncio, os, sys\n"
        "from connectors.contract import Address, InboundKind, InboundMessage\n"
        "from onethread.ingress.accept import accept_events\n"
        "from onethread.ingress.bodies import BodyVault\n"
        "from onethread.storage.engine import open_engines\n"
        "async def main():\n"
        "    engine = open_engines(os.environ['DATABASE_URL'], lane_slots=1, turn_deadline_s=1).web\n"
        "    event = InboundMessage('SM1', Address('twilio_sms', 'default', '+1'), InboundKind.TEXT)\n"
        "    await accept_events(engine, BodyVault('s' * 40), 'twilio_sms', 'default', [event], raw=b'raw')\n"
        "    await engine.dispose()\n"
        "asyncio.run(main())\n"
    )

    async def run(point: str) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", receive, env={**ward.env, VARIABLE: point}, cwd=ROOT
        )
        return await process.wait()

    async def kept() -> tuple[int, int]:
        return len(await ward.rows("select 1 from inbox")), len(
            await ward.rows("select 1 from webhook_bodies")
        )

    assert await run("ingress.before_commit") == -signal.SIGKILL
    assert await kept() == (0, 0)
    assert await run("ingress.after_commit") == -signal.SIGKILL
    assert await kept() == (1, 1)
    assert await run("") == 0
    assert await kept() == (1, 1)
