"""What is done to a running house, each fault one small class. `strike` returns when the fault is over."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from dataclasses import dataclass
from typing import Protocol

import psycopg
import redis.asyncio as valkey

from .conservation import Struck
from .running import RunningHouse

_BACK_S = 90.0
_POLL_S = 0.05


class Fault(Protocol):
    """Something that happens to a house."""

    @property
    def name(self) -> str: ...
    async def strike(self, house: RunningHouse) -> Struck:
        """Do it; returns when what was broken is there again."""


@dataclass(frozen=True, slots=True)
class Kill:
    """kill -9 of one process; over at once, for the house has to recover by itself."""

    victim: str

    @property
    def name(self) -> str:
        return f"kill {self.victim}"

    async def strike(self, house: RunningHouse) -> Struck:
        pid = await house.pid(self.victim)
        began = time.time()
        os.kill(pid, signal.SIGKILL)
        await house.pid(self.victim, other_than=pid)
        return Struck(self.name, began, began)


@dataclass(frozen=True, slots=True)
class StopPostgres:
    """The server is stopped at once, as `pg_ctl -m immediate` does; over when it answers again."""

    @property
    def name(self) -> str:
        return "kill postgres"

    async def strike(self, house: RunningHouse) -> Struck:
        pid = await house.pid("postgres")
        began = time.time()
        os.kill(pid, signal.SIGQUIT)
        await house.pid("postgres", other_than=pid)
        async with asyncio.timeout(_BACK_S):
            while not await _answers(house):  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(_POLL_S)
        return Struck(self.name, began, time.time())


@dataclass(frozen=True, slots=True)
class FlushValkey:
    """Everything in Valkey is forgotten."""

    @property
    def name(self) -> str:
        return "flush valkey"

    async def strike(self, house: RunningHouse) -> Struck:
        began = time.time()
        async with valkey.Redis.from_url(house.setting("REDIS_URL")) as client:
            await client.flushall()
        return Struck(self.name, began, time.time())


@dataclass(frozen=True, slots=True)
class Hang:
    """A process stands still for a while and goes on as if nothing had been (SIGSTOP, SIGCONT)."""

    victim: str
    for_s: float

    @property
    def name(self) -> str:
        return f"hang {self.victim} {self.for_s:g} s"

    async def strike(self, house: RunningHouse) -> Struck:
        pid = await house.pid(self.victim)
        began = time.time()
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(self.for_s)
        finally:
            os.kill(pid, signal.SIGCONT)
        return Struck(self.name, began, time.time())


@dataclass(frozen=True, slots=True)
class Zombie:
    """A worker is stopped in mid-turn until Postgres has given its lane away, and then goes on."""

    victim: str
    longest_s: float = 60.0

    @property
    def name(self) -> str:
        return f"zombie {self.victim}"

    async def strike(self, house: RunningHouse) -> Struck:
        pid = await house.pid(self.victim)
        async with asyncio.timeout(self.longest_s):
            while not await self._caught(house, pid):
                os.kill(pid, signal.SIGCONT)
                await asyncio.sleep(0.3)
        began = time.time()
        try:
            async with asyncio.timeout(self.longest_s):
                while await _lanes_held(house, 1.0):  # noqa: ASYNC110 - another process's state
                    await asyncio.sleep(0.2)
        finally:
            os.kill(pid, signal.SIGCONT)
        return Struck(self.name, began, time.time())

    async def _caught(self, house: RunningHouse, pid: int) -> bool:
        """Stopped, and a turn was open: one that stays so, for nobody else's does."""
        os.kill(pid, signal.SIGSTOP)
        if not await _lanes_held(house, 0.0):
            return False
        await asyncio.sleep(1.2)
        return await _lanes_held(house, 1.0) > 0


@dataclass(frozen=True, slots=True)
class Monkey:
    """Postgres stopped `times` times, 5 to 40 s apart."""

    times: int
    rng: random.Random
    shortest_s: float = 5.0
    longest_s: float = 40.0

    @property
    def name(self) -> str:
        return f"postgres monkey x{self.times}"

    async def strike(self, house: RunningHouse) -> Struck:
        began = time.time()
        for _ in range(self.times):
            last = await StopPostgres().strike(house)
            await asyncio.sleep(self.rng.uniform(self.shortest_s, self.longest_s))
        return Struck(self.name, began, last.over)


async def _answers(house: RunningHouse) -> bool:
    try:
        await house.rows("select 1")
    except psycopg.OperationalError:
        return False
    return True


async def _lanes_held(house: RunningHouse, for_s: float) -> int:
    """Open transactions of lanes that have waited so long for their worker."""
    (row,) = await house.rows(
        "select count(*) as held from pg_stat_activity"
        " where application_name = 'onethread lanes' and state = 'idle in transaction'"
        " and state_change <= clock_timestamp() - make_interval(secs => %s)",
        for_s,
    )
    return int(row["held"])
