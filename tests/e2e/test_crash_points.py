"""A process dies at each named point of the walk: the message is still answered by one turn and sent once."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

import httpx
import pytest

from onethread.crashpoints import POINTS

from .conftest import Stage
from .conservation import HEARD, INBOX, OUTBOX, Got, Said, judge, mark

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]


async def _deliver(stage: Stage, number: str, text: str) -> None:
    """Post one webhook until it is acknowledged, as a platform with a fallback does."""
    sid = f"SM{uuid4().hex}"
    request = stage.twilio.webhook(number, text, sid=sid)
    async with httpx.AsyncClient(timeout=15) as client:
        for _ in range(120):
            try:
                answer = await client.post(request.url, content=request.body, headers=request.headers)
                if answer.status_code // 100 == 2:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.5)
    raise AssertionError("the webhook was never acknowledged")


@pytest.mark.parametrize("point", sorted(POINTS))
async def test_a_crash_at(stage: Stage, point: str) -> None:
    place = sorted(POINTS).index(point)
    name, number = f"crash{place}", f"+1778{1000000 + place}"
    charge = stage.crash_folder / point
    charge.touch()
    began = time.time()
    await _deliver(stage, number, f"what are your opening hours? {mark(name, 1)}")
    said = Said(name, 1, "sms", began, time.time())
    (answer, *_) = await stage.wait_for(number, 1, timeout_s=90)
    assert answer.body
    await stage.house.settled()
    assert not charge.exists(), "the point was passed and the process died there"
    inbox, outbox, heard = [await stage.house.rows(query) for query in (INBOX, OUTBOX, HEARD)]
    got = [Got(name, "sms", one.oid, one.body, one.created.timestamp()) for one in stage.sent_to(number)]
    verdict = judge([said], got, inbox, outbox, heard)
    assert verdict.holds and verdict.received == 1, f"{point}: {verdict} {verdict.findings}"
    await stage.house.wait_ready(60)
