"""Two of each process on one Postgres and one Valkey: the same promises while they are killed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from onethread.supervisor import pidfile
from onethread.supervisor.postgres import EmbeddedPostgres
from onethread.supervisor.valkey import EmbeddedValkey

from .balancer import Balancer
from .conftest import Fakes, fake_platforms
from .conservation import Struck, report
from .faults import Kill, Zombie
from .running import RunningHouse
from .test_chaos import judged, strike
from .traffic import Traffic

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa, pytest.mark.slow]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two instances, each with a web, a worker and a Rasa process, and what they share."""

    houses: tuple[RunningHouse, RunningHouse]
    fakes: Fakes
    balancer: Balancer
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey


@dataclass(frozen=True, slots=True)
class StopStore:
    """A store that both share is stopped at once and started again."""

    name: str
    store: EmbeddedPostgres | EmbeddedValkey
    how: signal.Signals

    async def strike(self, house: RunningHouse) -> Struck:
        pid = pidfile.recorded(self.store.pid_path)
        assert pid is not None
        began = time.time()
        os.kill(pid, self.how)
        await asyncio.sleep(0.2)
        self.store.stop()
        # Not in a thread: the kernel ties the server's life to the thread that starts it.
        self.store.start()
        return Struck(self.name, began, time.time())


@pytest_asyncio.fixture(loop_scope="session")
async def pair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    postgres, valkey = EmbeddedPostgres(folder / "postgres"), EmbeddedValkey(folder / "valkey")
    houses = (RunningHouse(folder / "one"), RunningHouse(folder / "two"))
    async with AsyncExitStack() as stack:
        stack.callback(postgres.destroy)
        stack.callback(valkey.stop)
        stores = {"DATABASE_URL": postgres.start(), "REDIS_URL": valkey.start()}
        balancer = await stack.enter_async_context(Balancer([house.port for house in houses]))
        fakes = await stack.enter_async_context(fake_platforms(balancer.url))
        for house in houses:
            house.add_env(**stores, **fakes.settings(balancer.url), ONETHREAD_SECRET_KEY="k" * 40)
            stack.push_async_callback(_stop, house)
        # At once: both bring the database to this version and fill the shop.
        await asyncio.gather(*(house.start() for house in houses))
        await fakes.telegram.until(lambda: fakes.telegram.webhook_url != "")
        yield Pair(houses, fakes, balancer, postgres, valkey)


async def _stop(house: RunningHouse) -> None:
    left = await house.stop()
    assert left == [], f"still alive after Ctrl-C: {left}"


async def test_two_of_each_keep_the_promises_of_one(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    fakes = pair.fakes
    faults = (
        Kill("worker"),
        Kill("worker"),
        Kill("web"),
        Kill("rasa"),
        Zombie("worker"),
        Kill("web"),
        StopStore("kill postgres", pair.postgres, signal.SIGQUIT),
        StopStore("kill valkey", pair.valkey, signal.SIGKILL),
    )
    traffic = Traffic((pair.balancer.url,), fakes.twilio, fakes.meta, fakes.telegram, 20, random.Random())
    async with traffic:
        writing = asyncio.create_task(traffic.flow(5, 70.0))
        struck = await strike(pair.houses, faults, 2.0)
        await writing
        verdict = await judged(pair.houses[0], traffic)
    with capsys.disabled():
        print(f"\ntwo of each\n{report(verdict, struck)}")
    assert verdict.holds, "\n".join(map(str, verdict.findings[:20]))
    assert all(pair.balancer.taken[house.port] for house in pair.houses)
    assert all(_sends_logged(house.folder) for house in pair.houses), "one worker did nothing"


def _sends_logged(folder: Path) -> int:
    log = folder / "data" / "log" / "worker-1.log"
    return log.read_text(encoding="utf-8", errors="replace").count("egress.send.sent")
