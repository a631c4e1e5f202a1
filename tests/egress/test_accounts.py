"""An account that its platform refuses: stopped in every process, told of once, resumed by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from onethread.egress.accounts import AccountWatch
from onethread.egress.breaker import Breaker
from tests.fakes.house import until

from .offices import Office, open_office


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with open_office("whatsapp_cloud", database_url) as opened:
        yield opened


STOPPED = "select connector, account from cursors where job = 'sending stopped'"


async def test_one_process_stops_for_all_and_a_new_secret_resumes_all(office: Office) -> None:
    for number in range(6):
        await office.say(number, "one", "two")
    right, office.fake.access_token = office.fake.access_token, "rotated"
    async with office.sending(), office.sending():
        await office.see(STOPPED, office.name)
        await office.until(queued=12)
    assert await office.notices() == ["sending stopped"]
    office.fake.access_token = right
    async with office.sending(), office.sending():
        await office.until(read=12)
        await office.see(STOPPED)
    assert await office.notices() == ["sending stopped", "sending resumed"]
    for number in range(6):
        assert office.bodies_to(number) == ["one", "two"]


async def test_a_process_hears_of_a_stop_and_of_its_end_from_the_others(office: Office) -> None:
    gate, wake = Breaker(), asyncio.Event()
    watch = AccountWatch(office.engines.senders, {("whatsapp_cloud", "default"): gate}, wake)

    async def refused() -> bool:
        return gate.refused

    async def open_again() -> bool:
        return not gate.refused

    watching = asyncio.create_task(watch.run())
    try:
        await office.execute(
            "insert into cursors (connector, account, job, at) values "
            "('whatsapp_cloud', 'default', 'sending stopped', now() + interval '1 hour')"
        )
        await until(refused)
        assert not wake.is_set()
        await office.execute("delete from cursors")
        await until(open_again)
        assert wake.is_set()
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_a_block_for_spam_stops_the_account_even_when_heard_later(office: Office) -> None:
    office.fake.faults.add("undelivered", code=131048)
    await office.say(1, "one")
    async with office.sending():
        await office.until(failed=1)
        await office.see(STOPPED, office.name)
        await office.say(2, "two")
        await asyncio.sleep(1)
        assert await office.statuses() == {"failed": 1, "queued": 1}
    ((left,),) = await office.rows("select at > now() + interval '50 minutes' from cursors")
    assert left
    assert await office.notices() == ["sending stopped"]


async def test_a_refused_template_is_told_of_once_a_day(office: Office) -> None:
    office.fake.faults.add("error", code=132001, times=2)
    for number in (1, 2):
        await office.say(number, "with a template")
    template = '{"name": "hello", "language": "en", "variables": []}'
    await office.execute(
        "update outbox set part = jsonb_set(part, '{template}', cast(:t as jsonb))", t=template
    )
    async with office.sending():
        await office.until(failed=2)
    assert await office.notices() == ["template refused"]
    async with office.engines.web.connect() as conn:
        said = (await conn.execute(text("select text from inbox"))).scalar_one()
    assert said.startswith("hello: Meta refused the template")
