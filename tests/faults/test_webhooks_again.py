"""The same webhook again, late, in another order, old, or a thousand at once. Every door, real sockets."""

from __future__ import annotations

import itertools
import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from onethread.ingress.bodies import BodyVault

from .knocking import DOORS, Rooms, all_of, clients, count, knock, meta, post, signed

DAY = 24 * 3600


@pytest.mark.parametrize("door", DOORS)
async def test_fault_26_the_same_webhook_three_times_at_once(rooms: Rooms, door: str) -> None:
    many = count(40, 500)
    knocks = [knock(door, rooms.url, number) for number in range(1, many + 1)]
    began = time.monotonic()
    async with clients(8) as http:
        statuses = await all_of(http, itertools.chain.from_iterable(zip(knocks, knocks, knocks, strict=True)))
    took = time.monotonic() - began
    assert statuses == [200] * 3 * many
    assert await rooms.kept() == many
    assert await rooms.answer() == ["hello"] * many
    (answers,) = await rooms.ask("select count(*) as n, count(distinct address_id) as people from outbox")
    assert (answers.n, answers.people) == (many, many)
    print(f"26 {door}: {many} x 3 over 8 connections in {took:.2f} s: {many} rows, {many} answers")


@pytest.mark.parametrize("door", DOORS)
async def test_fault_27_a_redelivery_after_almost_seven_days(rooms: Rooms, door: str) -> None:
    async with clients() as http:
        one = knock(door, rooms.url, 1)
        assert await post(http, one) == 200
        assert await rooms.answer() == ["hello"]
        for age in ("6 days 23 hours", "40 days"):
            await rooms.run(f"update inbox set received_at = now() - interval '{age}'")
            later = datetime.now(UTC) + timedelta(days=40)
            vault = BodyVault(rooms.house.settings.secret_key.get_secret_value(), today=later.date)
            async with rooms.house.engines.web.begin() as conn:
                await vault.shred(conn)
            assert await post(http, one) == 200
        assert await rooms.kept() == 1
        assert await rooms.answer() == ["hello"]


@pytest.mark.parametrize("door", DOORS)
async def test_fault_28_messages_out_of_order_are_taken_as_they_come(rooms: Rooms, door: str) -> None:
    """No platform promises an order; a late one is not held back for, and nothing is answered twice."""
    now = int(time.time())
    async with clients() as http:
        for number in (5, 3, 1, 2, 4):
            one = knock(door, rooms.url, number, f"no. {number}", sender=9, at=now + number)
            assert await post(http, one) == 200
        assert "\n".join(await rooms.answer()) == "no. 5\nno. 3\nno. 1\nno. 2\nno. 4"
        assert await post(http, knock(door, rooms.url, 6, "an older one", sender=9, at=now - 60)) == 200
    assert (await rooms.answer())[-1] == "an older one"


async def test_fault_29_a_batch_of_a_thousand_with_one_malformed(rooms: Rooms) -> None:
    texts = [
        {
            "from": f"1555{8_000_000 + n}",
            "id": f"wamid.B{n}",
            "timestamp": "0",
            "type": "text",
            "text": {"body": "x"},
        }
        for n in range(500)
    ]
    states = [{"id": f"wamid.S{n}", "status": "sent"} for n in range(479)]
    entries = [
        *meta([*texts[:200], 5])["entry"],
        *meta(texts[200:400], number="100000000000010")["entry"],
        *meta(texts[400:], states, number="100000000000011")["entry"],
        {"id": "1", "changes": [{"field": f"event_{n}", "value": {"event": "NEW"}} for n in range(20)]},
    ]
    body = json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()
    one = signed("whatsapp_cloud", rooms.url, body)
    async with clients() as http:
        for turn in ("first", "again"):
            began = time.monotonic()
            assert await post(http, one) == 200
            print(f"29 a batch of 1,000, {turn}: answered in {(time.monotonic() - began) * 1000:.0f} ms")
            found = await rooms.ask("select status, count(*) as n from inbox group by 1 order by 1")
            assert [(row.status, row.n) for row in found] == [("dead", 1), ("done", 20), ("pending", 500)]
            assert (await rooms.ask("select count(*) as n from receipts"))[0].n == 479


@pytest.mark.parametrize("door", DOORS)
async def test_fault_31_a_replay_a_day_later_from_elsewhere(rooms: Rooms, door: str) -> None:
    async with clients() as http:
        one = knock(door, rooms.url, 1)
        assert await post(http, one) == 200
        await rooms.run("update inbox set received_at = received_at - interval '1 day'")
        assert await post(http, one, **{"x-forwarded-for": "198.51.100.7"}) == 200
    assert await rooms.kept() == 1
    assert await rooms.answer() == ["hello"]


@pytest.mark.parametrize("door", ("telegram", "whatsapp_cloud"))  # Twilio's webhooks tell no time
async def test_fault_31_what_was_said_over_a_week_ago_is_shown_and_not_answered(
    rooms: Rooms, door: str
) -> None:
    async with clients() as http:
        old = knock(door, rooms.url, 1, "old", at=int(time.time()) - 7 * DAY - 60)
        young = knock(door, rooms.url, 2, "young", at=int(time.time()) - 7 * DAY + 3600)
        for one in (old, young, old):
            assert await post(http, one) == 200
    assert await rooms.kept() == 2
    assert await rooms.answer() == ["young"]
    shown = await rooms.ask("select text from messages where author = 'customer' order by text")
    assert [row.text for row in shown] == ["old", "young"]
