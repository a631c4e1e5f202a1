"""A customer on WhatsApp: signed webhooks in, what the fake Meta received out."""

from __future__ import annotations

import asyncio
import itertools
import time

import httpx
import pytest

from simulator.meta import FakeMeta, SentMessage

from .conftest import WHATSAPP_VERIFY, Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]

OWNER = "+15551230001"
_people = itertools.count(15_551_260_001)


@pytest.fixture
def meta(stage: Stage) -> FakeMeta:
    return stage.meta


@pytest.fixture
def person() -> str:
    return f"+{next(_people)}"


def sent_to(meta: FakeMeta, person: str) -> list[SentMessage]:
    return [message for message in meta.sent if message.to == person.removeprefix("+")]


async def answers(meta: FakeMeta, person: str, count: int) -> list[SentMessage]:
    ends = time.monotonic() + 20.0
    while len(sent_to(meta, person)) < count:
        assert time.monotonic() < ends, f"{count} messages did not come"
        await asyncio.sleep(0.02)
    return sent_to(meta, person)


async def test_the_owner_asks_and_gets_one_message_with_the_disclosure_and_the_state(
    stage: Stage, meta: FakeMeta
) -> None:
    assert await meta.send(OWNER, "Where is my order 1042?") == 200
    (answer,) = await answers(meta, OWNER, 1)
    await stage.house.settled()
    assert len(sent_to(meta, OWNER)) == 1
    assert "automated" in answer.text.lower()
    assert "1042" in answer.text
    assert "way" in answer.text.lower() or "shipped" in answer.text.lower()
    assert len(meta.read) >= 1, "the question is marked as read"


async def test_the_same_webhook_three_times_at_once_is_answered_once(
    stage: Stage, meta: FakeMeta, person: str
) -> None:
    meta.windows[person.removeprefix("+")] = meta.clock()
    request = meta.webhook(person, "What are your opening hours?")
    async with httpx.AsyncClient() as client:
        codes = await asyncio.gather(
            *(client.post(request.url, content=request.body, headers=request.headers) for _ in range(3))
        )
    assert {code.status_code for code in codes} == {200}
    await answers(meta, person, 1)
    await stage.house.settled()
    first = len(sent_to(meta, person))
    assert await meta.post(request) == 200
    await stage.house.settled()
    assert len(sent_to(meta, person)) == first
    key = person.removeprefix("+")
    assert len(await stage.house.rows("select 1 from inbox where address_key = %s", key)) == 1


async def test_a_person_without_a_number_is_answered_and_told_no_state(stage: Stage, meta: FakeMeta) -> None:
    assert await meta.send("US.26000000000000001", "Where is my order 1042?") == 200
    (answer,) = await answers(meta, "US.26000000000000001", 1)
    assert answer.content["recipient"] == "US.26000000000000001"
    assert "mail" in answer.text.lower()
    assert "shipped" not in answer.text.lower() and "on its way" not in answer.text.lower()


async def test_a_forged_webhook_gets_403_and_leaves_no_row(stage: Stage, meta: FakeMeta, person: str) -> None:
    request = meta.webhook(person, "hello")
    async with httpx.AsyncClient() as client:
        for body, headers in (
            (request.body.replace(b"hello", b"hellO"), request.headers),
            (request.body, {**request.headers, "X-Hub-Signature-256": "sha256=" + "0" * 64}),
            (request.body, {"content-type": "application/json"}),
        ):
            assert (await client.post(request.url, content=body, headers=headers)).status_code == 403
    key = person.removeprefix("+")
    assert await stage.house.rows("select 1 from inbox where address_key = %s", key) == []


async def test_meta_can_subscribe_and_nobody_else(meta: FakeMeta) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": WHATSAPP_VERIFY, "hub.challenge": "1158201444"}
    async with httpx.AsyncClient() as client:
        answer = await client.get(meta.webhook_url, params=asked)
        assert (answer.status_code, answer.text) == (200, "1158201444")
        assert answer.headers["content-type"].startswith("text/plain")
        refused = await client.get(meta.webhook_url, params=asked | {"hub.verify_token": "guess"})
        assert (refused.status_code, "1158201444" in refused.text) == (403, False)


async def test_what_is_not_a_text_is_acknowledged_and_kept(stage: Stage, meta: FakeMeta, person: str) -> None:
    place = {"type": "location", "location": {"latitude": 44.4, "longitude": 26.1, "name": "Home"}}
    assert await meta.send(person, place) == 200
    await answers(meta, person, 1)
    key = person.removeprefix("+")
    (row,) = await stage.house.rows("select kind, text from inbox where address_key = %s", key)
    assert row == {"kind": "location", "text": "Home, 44.4, 26.1"}


async def test_statuses_reach_the_outbox(stage: Stage, meta: FakeMeta, person: str) -> None:
    await meta.send(person, "thank you so much")
    await answers(meta, person, 1)
    ends, rows = time.monotonic() + 15.0, [{"status": "?"}]
    while {row["status"] for row in rows} != {"read"}:
        assert time.monotonic() < ends, f"no status was applied: {rows}"
        await asyncio.sleep(0.1)
        rows = await stage.house.rows(
            "select o.status from outbox o join addresses a on a.id = o.address_id where a.key = %s",
            person.removeprefix("+"),
        )
