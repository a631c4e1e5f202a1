"""kill -9 of one process after the other while many conversations run: nothing lost or doubled."""

from __future__ import annotations

import asyncio
import random
from uuid import uuid4

import httpx
import pytest

from .conftest import Stage
from .conservation import INBOX, OUTBOX, judge

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]

SAYINGS = (
    "hello there, number {n}",
    "Where is my order 1042? asking for the {n}th time",
    "what are your opening hours, question {n}",
    "thanks a lot {n}",
)
CASES = (
    pytest.param("worker", "+1777000", 40),
    pytest.param("worker", "+1777100", 200, marks=pytest.mark.slow),
    pytest.param("rasa", "+1777200", 200, marks=pytest.mark.slow),
    pytest.param("actions", "+1777300", 200, marks=pytest.mark.slow),
)


async def _talk(stage: Stage, client: httpx.AsyncClient, number: str, pace: random.Random) -> list[str]:
    """One customer writes all the sayings; each is sent again until it is acknowledged."""
    acknowledged = []
    for n, saying in enumerate(SAYINGS):
        sid = f"SM{uuid4().hex}"
        request = stage.twilio.webhook(number, saying.format(n=n), sid=sid)
        for _ in range(120):
            try:
                answer = await client.post(request.url, content=request.body, headers=request.headers)
                if answer.status_code // 100 == 2:
                    break
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.5)
        else:
            raise AssertionError("a webhook was never acknowledged")
        acknowledged.append(sid)
        await asyncio.sleep(pace.uniform(0.5, 6.0))
    return acknowledged


@pytest.mark.parametrize(("victim", "prefix", "customers"), CASES)
async def test_a_killed_process_loses_and_doubles_nothing(
    stage: Stage, victim: str, prefix: str, customers: int, capsys: pytest.CaptureFixture[str]
) -> None:
    pace = random.Random(f"{victim}-7")
    before = len(stage.twilio.sent)
    async with httpx.AsyncClient(timeout=15, limits=httpx.Limits(max_connections=32)) as client:
        talks = [asyncio.create_task(_talk(stage, client, f"{prefix}{n:04}", pace)) for n in range(customers)]
        for _ in range(3):
            await asyncio.sleep(3)
            await stage.house.revived(victim)
            await stage.house.kill(victim)
        acknowledged = [i for talk in await asyncio.gather(*talks) for i in talk]
    await stage.house.revived(victim)
    await stage.house.settled(240)

    inbox = [r for r in await stage.house.rows(INBOX) if r["address_key"].startswith(prefix)]
    outbox = await stage.house.rows(OUTBOX)
    received = [m for m in stage.twilio.sent[before:] if m.to.startswith(prefix)]
    verdict = judge(acknowledged, inbox, outbox, received)
    with capsys.disabled():
        print(f"\nkill -9 {victim} x3, {customers} conversations: {verdict}")
    assert len(acknowledged) == customers * len(SAYINGS)
    assert verdict.holds, str(verdict)
