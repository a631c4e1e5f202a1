"""One address is one customer, however many ask at the same moment."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from onethread.identity.resolve import refresh, resolve
from onethread.storage.addresses import find_address
from onethread.storage.engine import open_engines
from onethread.storage.inbox import DueLane
from tests.fakes.connector import FakeConnector

DOORS = {("fake_sms", "default"): FakeConnector()}


def lane(key: str, phone: str | None = None, name: str = "") -> DueLane:
    return DueLane("fake_sms", "default", key, None, {"profile": {"phone": phone, "display_name": name}})


async def test_ten_at_once_make_one_customer(database_url: str) -> None:
    engines = open_engines(database_url, lane_slots=10, turn_deadline_s=10)
    found = await asyncio.gather(*(resolve(engines.lanes, DOORS, lane("+1")) for _ in range(10)))
    assert len(set(found)) == 1
    async with engines.web.connect() as conn:
        for table in ("customers", "addresses", "lanes", "conversations", "threads"):
            (count,) = (await conn.execute(text(f"select count(*) from {table}"))).one()
            assert count == 1, table
    await engines.close()


async def test_only_an_attested_phone_is_kept_and_never_unlearned(database_url: str) -> None:
    engines = open_engines(database_url, lane_slots=2, turn_deadline_s=10)
    await resolve(engines.lanes, DOORS, lane("key", name="Dana"))
    async with engines.web.begin() as conn:
        known = await find_address(conn, "fake_sms", "default", "key")
        assert known is not None
        assert (known.phone, known.display_name, known.channel) == (None, "Dana", "sms")
        known = await refresh(conn, known, lane("key", phone="+15551230001").content)
        assert known.phone == "+15551230001"
        await conn.execute(text("update addresses set undeliverable = 'blocked'"))
        blocked = await find_address(conn, "fake_sms", "default", "key")
        assert blocked is not None
        await refresh(conn, blocked, lane("key").content)
        again = await find_address(conn, "fake_sms", "default", "key")
        assert again is not None
        assert (again.phone, again.display_name) == ("+15551230001", "Dana")
        (held,) = (await conn.execute(text("select undeliverable from addresses"))).one()
        assert held is None
    await engines.close()
