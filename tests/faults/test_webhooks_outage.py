"""Postgres away while customers write on a platform that delivers once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from onethread.app import House
from onethread.cli.worker import work
from onethread.storage import migrate
from onethread.supervisor.postgres import EmbeddedPostgres
from simulator.twilio import FakeTwilio
from tests.fakes.house import until
from tests.fakes.rasa import FakeRasa
from tests.payloads.posting import ENV
from tests.web.house import make_house, new_port, open_site

SMS, WHATSAPP = "+15551230001", "whatsapp:+15551230002"


@asynccontextmanager
async def working(house: House) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(work(house, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def rows(house: House, query: str) -> list[Any]:
    try:
        async with house.engines.web.connect() as conn:
            return list(await conn.execute(text(query)))
    except SQLAlchemyError:
        return []


@pytest.mark.slow
async def test_fault_12_what_was_written_while_postgres_was_down_is_there_within_60_s(
    redis_url: str, tmp_path: Path
) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    url = await asyncio.to_thread(server.start)
    await asyncio.to_thread(migrate.upgrade, url)
    twilio = FakeTwilio(
        account_sid=ENV["TWILIO_ACCOUNT_SID"],
        auth_token=ENV["TWILIO_AUTH_TOKEN"],
        number=ENV["TWILIO_SMS_FROM"],
        whatsapp=ENV["TWILIO_WHATSAPP_FROM"],
    )
    try:
        async with twilio, FakeRasa() as rasa:
            house = make_house(
                url,
                redis_url,
                tmp_path,
                new_port(),
                rasa_urls=(rasa.url,),
                **ENV,
                TWILIO_API_URL=twilio.api_url,
            )
            twilio.house_url = house.settings.public_url
            async with open_site(house), working(house):
                await _through_an_outage(house, twilio, server)
            await house.close()
    finally:
        await asyncio.to_thread(server.destroy)


async def _through_an_outage(house: House, twilio: FakeTwilio, server: EmbeddedPostgres) -> None:
    async def watched() -> bool:
        return len(await rows(house, "select 1 from cursors")) == 2

    await until(watched, seconds=60)
    assert await twilio.send_sms(SMS, "before") == 200
    assert await twilio.send_whatsapp(WHATSAPP, "before") == 200
    await asyncio.to_thread(server.stop)
    assert await twilio.send_sms(SMS, "meanwhile") == 503
    assert await twilio.send_whatsapp(WHATSAPP, "meanwhile") == 503
    await asyncio.to_thread(server.start)
    back = time.monotonic()

    async def there() -> bool:
        found = await rows(house, "select 1 from inbox where text = 'meanwhile'")
        return len(found) == 2

    await until(there, seconds=60)
    print(f"12: {time.monotonic() - back:.1f} s after Postgres' return the missed messages are there")

    async def answered() -> bool:
        return sum("ack meanwhile" in message.body for message in twilio.sent) == 2

    await until(answered, seconds=60)
    found = await rows(house, "select connector, text, status from inbox order by connector, id")
    assert [(row.text, row.status) for row in found] == [("before", "done"), ("meanwhile", "done")] * 2
    for said in ("before", "meanwhile"):
        assert sum(f"ack {said}" in message.body for message in twilio.sent) == 2
