"""The pace of an account and of one address: one bucket each, whoever counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from connectors.contract import Capabilities, Pace
from onethread.egress.pace import LocalPacer, SharedPacer
from onethread.ids import AddressId

from .offices import Office, open_office

DOOR = ("sms", "a")
ANN, BEN = AddressId(UUID(int=1)), AddressId(UUID(int=2))


@pytest.fixture
async def valkey(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@given(
    st.lists(st.floats(0, 3), min_size=1, max_size=60), st.integers(1, 5), st.sampled_from([0.1, 1.0, 6.0])
)
def test_never_more_than_burst_and_rate_allow(gaps: list[float], burst: int, every_s: float) -> None:
    now, taken = 0.0, []
    pacer = LocalPacer(lambda: now)
    for gap in gaps:
        now += gap
        (turn,) = asyncio.run(pacer.take(DOOR, Pace(every_s, burst), [ANN], None))
        if not turn.wait_s:
            taken.append(now)
        else:
            now += turn.wait_s + 1e-9
            (turn,) = asyncio.run(pacer.take(DOOR, Pace(every_s, burst), [ANN], None))
            assert not turn.wait_s, "who waits as long as it was told has its turn"
            taken.append(now)
    for first, at in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + (taken[last] - at) / every_s + 1e-3


async def test_an_address_that_must_wait_leaves_the_account_its_turn() -> None:
    pacer = LocalPacer(lambda: 0.0)
    for _ in range(2):
        await pacer.take(DOOR, Pace(1, 2), [ANN], Pace(6, 1))
    (turn,) = await pacer.take(DOOR, Pace(1, 2), [BEN], Pace(6, 1))
    assert not turn.wait_s


async def test_two_processes_keep_one_pace(valkey: Redis, redis_url: str) -> None:
    async with Redis.from_url(redis_url) as other:
        one, two = SharedPacer(valkey), SharedPacer(other)
        turns = await one.take(DOOR, Pace(60, 3), [ANN, BEN], None)
        turns += await two.take(DOOR, Pace(60, 3), [ANN, BEN], None)
    assert [bool(turn.wait_s) for turn in turns] == [False, False, False, True]
    assert 59 < turns[-1].account_s <= 60


async def test_an_address_keeps_its_pace_alone(valkey: Redis) -> None:
    pacer = SharedPacer(valkey)
    first, other = await pacer.take(DOOR, None, [ANN, BEN], Pace(6, 1))
    (again,) = await pacer.take(DOOR, None, [ANN], Pace(6, 1))
    assert (first.wait_s, other.wait_s, again.account_s) == (0, 0, 0)
    assert 5 < again.address_s <= 6


async def test_a_held_account_is_held_for_every_process(valkey: Redis, redis_url: str) -> None:
    async with Redis.from_url(redis_url) as other:
        await SharedPacer(valkey).hold(DOOR, 30)
        (turn,) = await SharedPacer(other).take(DOOR, Pace(1, 9), [ANN], None)
        (elsewhere,) = await SharedPacer(other).take(("sms", "b"), Pace(1, 9), [ANN], None)
    assert 29 < turn.account_s <= 30
    assert not elsewhere.wait_s


async def test_what_is_counted_is_forgotten_by_itself(valkey: Redis) -> None:
    await SharedPacer(valkey).take(DOOR, Pace(0.01, 5), [ANN], Pace(6, 1))
    keys = [key async for key in valkey.scan_iter("*")]
    assert all(key.startswith(b"onethread:pace:{sms/a}") for key in keys)
    assert [0 < await valkey.pttl(key) <= 6001 for key in keys] == [True] * len(keys)


async def test_without_valkey_a_process_keeps_the_pace_by_itself_and_says_so_once() -> None:
    async with Redis.from_url("redis://127.0.0.1:1") as nobody:
        pacer = SharedPacer(nobody, clock=lambda: 0.0)
        with structlog.testing.capture_logs() as logs:
            turns = [(await pacer.take(DOOR, Pace(1, 2), [ANN], None))[0] for _ in range(3)]
            await pacer.hold(DOOR, 9)
            turns += await pacer.take(DOOR, Pace(1, 2), [ANN], None)
    assert [turn.account_s for turn in turns] == [0, 0, 1, 9]
    assert [line["event"] for line in logs] == ["egress.pace.alone"]


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with open_office("telegram", database_url) as opened:
        yield opened


def slow(office: Office, **paces: Pace) -> None:
    """Give the door another pace than its platform's."""
    limits = office.door.capabilities
    told = {name: getattr(limits, name) for name in Capabilities.__slots__}  # type: ignore[attr-defined]
    office.door.capabilities = Capabilities(**{**told, **paces})


async def test_whoever_is_written_to_quickly_waits_and_others_do_not(office: Office) -> None:
    slow(office, address_pace=Pace(0.5, 1))
    await office.say(1, "one", "two", "three")
    await office.say(2, "quick")
    async with office.sending():
        await office.fake.wait_for(2)
        assert sorted(office.bodies()) == ["one", "quick"]
        await office.until(sent=4)
    assert office.bodies_to(1) == ["one", "two", "three"]
    assert {attempts for (attempts,) in await office.rows("select attempts from outbox")} == {1}


async def test_two_senders_keep_the_pace_of_one_account(office: Office, redis_url: str) -> None:
    slow(office, pace=Pace(0.05, 2), address_pace=Pace(0.001, 99))
    for number in range(20):
        await office.say(number, "hello")
    loop = asyncio.get_running_loop()
    async with Redis.from_url(redis_url) as one, Redis.from_url(redis_url) as two:
        started = loop.time()
        async with office.sending(pacer=SharedPacer(one)), office.sending(pacer=SharedPacer(two)):
            await office.until(sent=20)
        assert loop.time() - started >= 18 * 0.05
    assert len(office.bodies()) == 20
