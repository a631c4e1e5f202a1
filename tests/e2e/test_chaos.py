"""Faults while customers write over every door: nothing lost, nothing twice, nothing out of order."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from .conftest import Stage
from .conservation import HEARD, INBOX, OUTBOX, Struck, Verdict, judge, report
from .faults import Fault, FlushValkey, Hang, Kill, Monkey, StopPostgres, Zombie
from .running import RunningHouse
from .traffic import Traffic

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]

BIG = "ONETHREAD_BIG_CHAOS"
"""Set: the run of 200 customers and 10,000 messages, too."""
_FIRST_S = 4.0
_CATCH_UP_S = 120.0
_SETTLED_S = 300.0
_SHOWN_S = 20.0


@dataclass(frozen=True, slots=True)
class Run:
    """`each` messages from each of four phones of each customer, written in `over_s` seconds."""

    customers: int
    each: int
    over_s: float
    faults: tuple[Fault, ...]
    pause_s: float
    """Between the end of one fault and the next."""
    copies: int = 1
    shuffled: bool = False


_KILLS = (Kill("worker"), Kill("web"), Kill("rasa"), Kill("actions"), StopPostgres(), Kill("valkey"))
_BIG_KILLS = (*_KILLS, FlushValkey(), Zombie("worker"), Hang("valkey", 30.0))
RUNS = (
    pytest.param(Run(8, 5, 30.0, _KILLS, 2.0), id="quick"),
    pytest.param(
        Run(20, 5, 100.0, (*_KILLS, FlushValkey(), Hang("valkey", 10.0), Zombie("worker")), 4.0, copies=3),
        id="small",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        Run(20, 5, 40.0, (Kill("worker"), Kill("web")), 8.0, copies=3, shuffled=True),
        id="shuffled",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        Run(20, 10, 120.0, (Monkey(5, random.Random(11)),), 1.0), id="monkey", marks=pytest.mark.slow
    ),
    pytest.param(Run(50, 4, 40.0, (Kill("worker"),) * 3, 8.0), id="worker", marks=pytest.mark.slow),
    pytest.param(Run(50, 4, 40.0, (Kill("rasa"),) * 3, 8.0), id="rasa", marks=pytest.mark.slow),
    pytest.param(Run(50, 4, 40.0, (Kill("actions"),) * 3, 8.0), id="actions", marks=pytest.mark.slow),
    pytest.param(
        Run(200, 13, 600.0, _BIG_KILLS * 2, 20.0),
        id="big",
        marks=[pytest.mark.slow, pytest.mark.skipif(not os.environ.get(BIG), reason=f"{BIG} is not set")],
    ),
)


@pytest.mark.parametrize("run", RUNS)
async def test_nothing_is_lost_doubled_or_misordered(
    stage: Stage, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(
        (stage.house.url,),
        stage.twilio,
        stage.meta,
        stage.telegram,
        run.customers,
        random.Random(),
        shuffled=run.shuffled,
    )
    fakes = (stage.twilio, stage.meta, stage.telegram)
    for fake in fakes:
        fake.copies = run.copies
    try:
        async with traffic:
            writing = asyncio.create_task(traffic.flow(run.each, run.over_s))
            faults = await strike([stage.house], run.faults, run.pause_s)
            await writing
            verdict = await judged(stage.house, traffic)
    finally:
        for fake in fakes:
            fake.copies = 1
    with capsys.disabled():
        print(f"\n{report(verdict, faults)}")
    assert verdict.holds, "\n".join(map(str, verdict.findings[:20]))


async def strike(houses: Sequence[RunningHouse], faults: Sequence[Fault], pause_s: float) -> list[Struck]:
    """One fault after the other, each on the next house."""
    await asyncio.sleep(_FIRST_S)
    struck = []
    for number, fault in enumerate(faults):
        struck.append(await fault.strike(houses[number % len(houses)]))
        await asyncio.sleep(pause_s)
    return struck


async def judged(house: RunningHouse, traffic: Traffic) -> Verdict:
    """The verdict, as soon as all is done that has to be; a bad one when the time is up."""
    like = f"%[{traffic.run}%"
    await _until(house, f"select count(*) >= {len(traffic.said)} as so from inbox where text like %s", like)
    await _until(
        house,
        "select not exists (select from inbox where status = 'pending' and text like %s)"
        " and not exists (select from outbox where status in ('queued', 'sending')"
        " or status = 'unknown' and due_at < 'infinity') as so",
        like,
    )
    shown_by = time.monotonic() + _SHOWN_S
    while True:
        inbox, outbox, heard = [await house.rows(query) for query in (INBOX, OUTBOX, HEARD)]
        verdict = judge(traffic.said, traffic.got(), inbox, outbox, heard)
        if verdict.holds or time.monotonic() > shown_by:
            return verdict
        await asyncio.sleep(1.0)


async def _until(house: RunningHouse, query: str, *values: str) -> None:
    limit_s = _CATCH_UP_S if "count" in query else _SETTLED_S
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        (row,) = await house.rows(query, *values)
        if row["so"]:
            return
        await asyncio.sleep(0.5)
