"""A platform that asks to wait, cannot serve, or refuses the account: what waits, what flows."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from tests.egress.offices import KINDS, Office, open_office

DOORS = sorted(KINDS)
STOPPED = "select connector from cursors where job = 'sending stopped'"


@pytest.fixture(params=DOORS)
async def office(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Office]:
    async with open_office(request.param, database_url) as opened:
        yield opened


async def say_rounds(office: Office, customers: int, rounds: int) -> None:
    for place in range(rounds):
        for number in range(customers):
            await office.say(number, f"{number}: {place}")


def in_order(office: Office, customers: int, rounds: int) -> bool:
    """Everything once, and each customer's in order."""
    return all(
        office.bodies_to(number) == [f"{number}: {place}" for place in range(rounds)]
        for number in range(customers)
    )


async def test_fault_18_too_many_requests_on_a_fifth(office: Office) -> None:
    customers, rounds = 8, 3
    await say_rounds(office, customers, rounds)
    for _ in range(5):
        office.fake.faults.add("slow", times=4, seconds=0)
        office.fake.faults.add("rate_limit", seconds=1)
    began = time.monotonic()
    async with office.sending():
        await office.until_done(customers * rounds, timeout_s=60)
    print(f"18 {office.kind.key}: {customers * rounds} sent, order kept, doubles {office.doubles()}, "
          f"{time.monotonic() - began:.1f} s")  # fmt: skip
    assert in_order(office, customers, rounds)


@pytest.mark.parametrize("door", ["telegram", "whatsapp_cloud"])
async def test_fault_18_a_limit_of_one_person_holds_nobody_else(door: str, database_url: str) -> None:
    async with open_office(door, database_url) as office:
        if door == "telegram":
            office.fake.faults.add("rate_limit", seconds=3)
        else:
            office.fake.faults.add("error", code=131056)
        await office.say(1, "one", "two")
        async with office.sending():
            await office.see("select count(*) from outbox where error is not null", (1,))
            for number in range(2, 8):
                await office.say(number, "quick")
            await office.until_waiting(queued=2)
            ((wait_s,),) = await office.rows(
                "select extract(epoch from due_at - updated_at)::float8 from outbox where error is not null"
            )
            assert office.bodies() == ["quick"] * 6
            await office.until_done(8)
        print(f"18 {door}: one person waited {wait_s:.1f} s, six others none")
        assert wait_s >= (3 if door == "telegram" else 6)
        assert office.bodies_to(1) == ["one", "two"]


async def test_fault_19_a_platform_that_is_down(office: Office) -> None:
    customers, rounds = 6, 2
    await say_rounds(office, customers, rounds)
    for code in (500, 502, 503):
        office.fake.faults.add("server_error", times=3, code=code)
    began = time.monotonic()
    async with office.sending():
        await office.until_done(customers * rounds, timeout_s=60)
    print(f"19 {office.kind.key}: {customers * rounds} sent after 9 refusals, doubles {office.doubles()}, "
          f"{time.monotonic() - began:.1f} s")  # fmt: skip
    assert in_order(office, customers, rounds)


async def test_fault_21_revoked_credentials(office: Office) -> None:
    customers, rounds = 5, 2
    secret = {"telegram": "token", "whatsapp_cloud": "access_token"}.get(office.kind.key, "auth_token")
    await say_rounds(office, customers, rounds)
    right = getattr(office.fake, secret)
    setattr(office.fake, secret, "9:rotated")
    began = time.monotonic()
    async with office.sending():
        await office.see(STOPPED, (office.kind.key,))
        told = time.monotonic() - began
        await office.until(queued=customers * rounds)
    assert await office.notices() == ["sending stopped"]
    assert office.bodies() == []
    setattr(office.fake, secret, right)
    async with office.sending():
        await office.until_done(customers * rounds, timeout_s=60)
        await office.see(STOPPED)
    print(f"21 {office.kind.key}: people told after {told:.1f} s, {customers * rounds} kept and sent, lost 0")
    assert told < 10
    assert in_order(office, customers, rounds)
