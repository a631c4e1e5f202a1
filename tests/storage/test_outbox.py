from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Button, MediaRef, Part, Receipt, ReceiptStatus
from onethread.ids import AddressId, CustomerId, OutboxId
from onethread.storage import outbox, receipts
from onethread.storage.engine import open_engines
from onethread.storage.outbox import Purpose

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@pytest.fixture
async def conn(database_url: str) -> AsyncIterator[AsyncConnection]:
    engines = open_engines(database_url, lane_slots=1, turn_deadline_s=10.0)
    async with engines.web.connect() as opened:
        yield opened
        await opened.rollback()
    await engines.close()


async def address(conn: AsyncConnection) -> tuple[CustomerId, AddressId]:
    customer = (await conn.execute(text("insert into customers default values returning id"))).scalar_one()
    found = await conn.execute(
        text(
            "insert into addresses (customer_id, connector, account, key, channel) "
            "values (:customer, 'twilio_sms', 'default', :key, 'sms') returning id"
        ),
        {"customer": customer, "key": str(uuid4())},
    )
    return customer, found.scalar_one()


async def enqueue(
    conn: AsyncConnection, who: tuple[CustomerId, AddressId], *texts: str, purpose: Purpose = "reply"
) -> list[str]:
    return [
        str(oid)
        for oid in await outbox.enqueue(
            conn,
            customer_id=who[0],
            address_id=who[1],
            message_id=None,
            turn_id=None,
            purpose=purpose,
            parts=[Part(said) for said in texts],
        )
    ]


async def rows(conn: AsyncConnection, columns: str) -> list[tuple[object, ...]]:
    found = await conn.execute(text(f"select {columns} from outbox order by id"))
    return [tuple(row) for row in found]


@given(
    _TEXT,
    st.lists(st.builds(Button, title=_TEXT, tap=_TEXT), max_size=3).map(tuple),
    st.lists(st.builds(MediaRef, ref=_TEXT, content_type=_TEXT, caption=_TEXT), max_size=2).map(tuple),
)
def test_a_part_is_kept_whole(said: str, buttons: tuple[Button, ...], media: tuple[MediaRef, ...]) -> None:
    part = Part(said, buttons, media)
    assert outbox.part_from_json(outbox.part_to_json(part)) == part


async def test_parts_are_queued_in_order_under_ids_of_their_own(conn: AsyncConnection) -> None:
    oids = await enqueue(conn, await address(conn), "one", "two", "three")
    assert await rows(conn, "oid, part->>'text', status") == [
        (oids[0], "one", "queued"),
        (oids[1], "two", "queued"),
        (oids[2], "three", "queued"),
    ]
    assert all(UUID(oid) for oid in oids)


async def test_no_parts_queue_nothing(conn: AsyncConnection) -> None:
    assert await enqueue(conn, await address(conn)) == []


async def test_senders_are_woken_at_the_commit_and_not_before(
    conn: AsyncConnection, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute(f"listen {outbox.NOTIFY}")
        await enqueue(conn, await address(conn), "one")
        assert list(listener.notifies(timeout=0.2, stop_after=1)) == []
        await conn.commit()
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1


async def test_a_stop_suppresses_what_waits_but_for_its_confirmation(conn: AsyncConnection) -> None:
    ann, ben = await address(conn), await address(conn)
    await enqueue(conn, ann, "one", "two")
    await enqueue(conn, ann, "confirmed", purpose="consent")
    await enqueue(conn, ben, "three")
    assert await outbox.suppress_queued(conn, ann[1]) == 2
    assert await rows(conn, "status") == [("suppressed",), ("suppressed",), ("queued",), ("queued",)]


async def test_a_receipt_heard_twice_is_kept_once(conn: AsyncConnection) -> None:
    heard = Receipt("default", ReceiptStatus.SENT, provider_message_id="SM1", oid="a")
    for _ in range(2):
        await receipts.park_receipts(conn, "twilio_sms", [heard])
    await receipts.park_receipts(conn, "twilio_sms", [])
    assert (await conn.execute(text("select count(*) from receipts"))).scalar_one() == 1


@pytest.mark.parametrize(
    ("status", "resent", "given_up"),
    [
        ("queued", False, True),
        ("sending", False, False),
        ("unknown", True, True),
        ("sent", False, False),
        ("failed", True, False),
        ("suppressed", False, False),
    ],
)
async def test_a_person_decides_only_where_something_is_open(
    conn: AsyncConnection, status: str, resent: bool, given_up: bool
) -> None:
    await enqueue(conn, await address(conn), "one", "two")
    await conn.execute(text("update outbox set status = :status"), {"status": status})
    (first,), (second,) = await rows(conn, "id")
    assert await outbox.resend(conn, OutboxId(int(str(first)))) is resent
    assert await outbox.give_up(conn, OutboxId(int(str(second)))) is given_up
    assert await rows(conn, "status") == [
        ("queued" if resent else status,),
        ("failed" if given_up else status,),
    ]
