"""A webhook is kept once, masked and encrypted, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Capabilities, SignatureInvalid
from onethread.ingress.accept import Accepted, accept
from onethread.ingress.bodies import BodyLost, BodyVault
from onethread.storage import addresses, inbox
from onethread.storage.engine import Engines, open_engines
from tests.fakes.connector import FakeConnector, signed

SECRET = "s" * 40


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    opened = open_engines(database_url, lane_slots=2, turn_deadline_s=10)
    yield opened
    await opened.close()


async def rows(engines: Engines, query: str = "select * from inbox order by id") -> list[Any]:
    async with engines.web.connect() as conn:
        return list(await conn.execute(text(query)))


async def known(conn: AsyncConnection, key: str = "+15551230001") -> Any:
    return await addresses.create_customer(
        conn, "fake_sms", "default", key, channel="sms", phone=None, display_name=""
    )


async def test_a_message_is_kept_and_its_body_can_be_read_again(engines: Engines) -> None:
    vault = BodyVault(SECRET)
    request = signed({"id": "m1", "from": "+15551230001", "text": "Where is my order 1042?"})
    assert await accept(engines.web, vault, FakeConnector(), request) == Accepted(accepted=1)
    (row,) = await rows(engines)
    assert (row.text, row.status, row.address_key, row.kind) == (
        "Where is my order 1042?",
        "pending",
        "+15551230001",
        "text",
    )
    async with engines.web.connect() as conn:
        assert await vault.read(conn, row.body_id) == request.body


async def test_a_body_is_not_readable_in_the_database(engines: Engines) -> None:
    await accept(
        engines.web, BodyVault(SECRET), FakeConnector(), signed({"id": "m", "from": "a", "text": "plain"})
    )
    (body,) = await rows(engines, "select body from webhook_bodies")
    assert b"plain" not in body.body


async def test_a_forged_request_leaves_no_row(engines: Engines) -> None:
    with pytest.raises(SignatureInvalid):
        await accept(
            engines.web, BodyVault(SECRET), FakeConnector(), signed({"id": "m", "from": "a"}, signature="no")
        )
    assert await rows(engines) == []
    assert await rows(engines, "select * from webhook_bodies") == []


async def test_three_equal_webhooks_at_once_are_one_row(engines: Engines) -> None:
    request = signed({"id": "m1", "from": "+15551230001", "text": "hi"})
    vault = BodyVault(SECRET)
    told = await asyncio.gather(*(accept(engines.web, vault, FakeConnector(), request) for _ in range(3)))
    assert sorted(answer.accepted for answer in told) == [0, 0, 1]
    assert sum(answer.duplicates for answer in told) == 2
    assert len(await rows(engines)) == 1
    assert len(await rows(engines, "select * from webhook_bodies")) == 1


async def test_the_same_id_on_another_account_is_another_message(engines: Engines) -> None:
    vault = BodyVault(SECRET)
    for account in ("default", "second"):
        await accept(engines.web, vault, FakeConnector(account=account), signed({"id": "m1", "from": "a"}))
    assert len(await rows(engines)) == 2


async def test_a_payload_nobody_can_read_is_one_dead_row(engines: Engines) -> None:
    for _ in range(2):
        await accept(engines.web, BodyVault(SECRET), FakeConnector(), signed(body=b"<html>"))
    (row,) = await rows(engines)
    assert row.status == "dead"
    async with engines.web.begin() as conn:
        (dead,) = await inbox.dead_rows(conn)
        assert not dead.replayable
        assert await inbox.replay(conn, None) == 0


async def test_a_card_number_is_stored_nowhere_but_in_the_encrypted_body(engines: Engines) -> None:
    request = signed({"id": "m1", "from": "a", "text": "4111 1111 1111 1111", "name": "4111111111111111"})
    await accept(engines.web, BodyVault(SECRET), FakeConnector(), request)
    (row,) = await rows(engines)
    assert row.text == "•••• •••• •••• 1111"
    assert row.content["masked"] is True
    assert "4111" not in str(row.content)


async def test_what_postgres_refuses_is_stored_safely(engines: Engines) -> None:
    request = signed(
        {"id": "m\x001", "from": "a", "text": "nul \x00 half \ud83d", "detail": {"x\x00": "\udc00"}}
    )
    await accept(engines.web, BodyVault(SECRET), FakeConnector(), request)
    (row,) = await rows(engines)
    assert row.text == "nul \ufffd half \ufffd"
    assert row.content["detail"] == {"x\ufffd": "\ufffd"}


async def test_receipts_are_parked_and_make_no_message(engines: Engines) -> None:
    request = signed({"receipt": "delivered", "id": "p1"}, {"id": "m1", "from": "a", "text": "hi"})
    told = await accept(engines.web, BodyVault(SECRET), FakeConnector(), request)
    assert (told.accepted, told.receipts) == (1, 1)
    (receipt,) = await rows(engines, "select * from receipts")
    assert (receipt.status, receipt.applied) == ("delivered", False)


async def test_stop_silences_the_address_in_the_same_commit(engines: Engines) -> None:
    async with engines.web.begin() as conn:
        await known(conn)
    await accept(
        engines.web,
        BodyVault(SECRET),
        FakeConnector(),
        signed({"id": "m", "from": "+15551230001", "text": "Stop"}),
    )
    (row,) = await rows(engines)
    assert row.consent == "stop"
    (address,) = await rows(engines, "select opted_out_at from addresses")
    assert address.opted_out_at is not None


async def test_a_repeated_stop_does_not_silence_who_resumed(engines: Engines) -> None:
    vault = BodyVault(SECRET)
    stop = signed({"id": "m", "from": "+15551230001", "text": "Stop"})
    async with engines.web.begin() as conn:
        await known(conn)
    await accept(engines.web, vault, FakeConnector(), stop)
    async with engines.web.begin() as conn:
        await conn.execute(text("update addresses set opted_out_at = null"))
    await accept(engines.web, vault, FakeConnector(), stop)
    (address,) = await rows(engines, "select opted_out_at from addresses")
    assert address.opted_out_at is None


async def test_where_the_customer_holds_the_window_cancel_is_a_sentence(engines: Engines) -> None:
    door = FakeConnector(capabilities=Capabilities(text_max=4000, opt_out_words=False))
    await accept(engines.web, BodyVault(SECRET), door, signed({"id": "m", "from": "a", "text": "cancel"}))
    (row,) = await rows(engines)
    assert row.consent is None


async def test_a_body_is_gone_when_the_key_of_its_day_is_destroyed(engines: Engines) -> None:
    day = [date(2026, 3, 1)]
    vault = BodyVault(SECRET, today=lambda: day[0])
    await accept(engines.web, vault, FakeConnector(), signed({"id": "m1", "from": "a"}))
    (row,) = await rows(engines)
    for today, shredded in ((date(2026, 3, 8), 0), (date(2026, 3, 9), 1)):
        day[0] = today
        async with engines.web.begin() as conn:
            assert await vault.shred(conn) == shredded
    async with engines.web.connect() as conn:
        with pytest.raises(BodyLost):
            await vault.read(conn, row.body_id)
    assert len(await rows(engines)) == 1


async def test_another_secret_reads_nothing(engines: Engines) -> None:
    await accept(engines.web, BodyVault(SECRET), FakeConnector(), signed({"id": "m1", "from": "a"}))
    (row,) = await rows(engines)
    async with engines.web.connect() as conn:
        with pytest.raises(BodyLost):
            await BodyVault("other" * 8).read(conn, row.body_id)


async def test_what_is_about_the_account_is_kept_for_people_and_waits_for_no_lane(engines: Engines) -> None:
    request = signed(
        {"id": "n1", "notice": "template rejected", "detail": {"name": "x", "n": [1, "4111 1111 1111 1111"]}},
        {"id": "m1", "from": "a", "text": "hi"},
    )
    for told in (Accepted(accepted=2), Accepted(duplicates=2)):
        assert await accept(engines.web, BodyVault(SECRET), FakeConnector(), request) == told
    notice, _ = await rows(engines)
    assert (notice.kind, notice.status, notice.address_key) == ("notice", "done", "")
    assert notice.content["subject"] == "template rejected"
    assert "4111" not in str(notice.content)


async def test_an_element_nobody_can_read_does_not_lose_the_others(engines: Engines) -> None:
    request = signed(
        {"id": "m1", "from": "a", "text": "one"},
        {"id": "u1", "notice": "unreadable", "error": "no sender"},
        {"id": "m2", "from": "a", "text": "two"},
    )
    told = await accept(engines.web, BodyVault(SECRET), FakeConnector(), request)
    assert told == Accepted(accepted=2, dead=1)
    assert [row.status for row in await rows(engines)] == ["pending", "dead", "pending"]


async def test_what_was_said_more_than_a_week_ago_is_kept_and_not_answered(engines: Engines) -> None:
    now = datetime.now(UTC)
    request = signed(
        {"id": "m1", "from": "a", "text": "hi", "at": (now - timedelta(days=6, hours=23)).timestamp()},
        {"id": "m2", "from": "a", "text": "hi", "at": (now - timedelta(days=7, minutes=1)).timestamp()},
        {"id": "m3", "from": "a", "text": "stop", "at": 1.0},
        {"id": "m4", "from": "a", "consent": "start", "at": 1.0},
    )
    for told in (Accepted(accepted=4), Accepted(duplicates=4)):
        assert await accept(engines.web, BodyVault(SECRET), FakeConnector(), request) == told
    found = [(row.status, row.content.get("silent", False), row.consent) for row in await rows(engines)]
    assert found == [
        ("pending", False, None),
        ("pending", True, None),
        ("pending", True, "stop"),
        ("pending", True, None),
    ]


async def test_a_thousand_messages_and_a_thousand_receipts_of_one_request_are_kept_in_order(
    engines: Engines,
) -> None:
    batch = signed(
        *({"id": f"m{n}", "from": "a", "text": f"{n}"} for n in range(1_000)),
        *({"id": f"p{n}", "receipt": "delivered"} for n in range(1_000)),
    )
    vault = BodyVault(SECRET)
    assert await accept(engines.web, vault, FakeConnector(), batch) == Accepted(1_000, receipts=1_000)
    assert await accept(engines.web, vault, FakeConnector(), batch) == Accepted(
        duplicates=1_000, receipts=1_000
    )
    assert [row.text for row in await rows(engines)] == [f"{n}" for n in range(1_000)]
    assert len(await rows(engines, "select * from receipts")) == 1_000
    assert len(await rows(engines, "select * from webhook_bodies")) == 1


async def test_a_request_of_receipts_alone_keeps_no_body(engines: Engines) -> None:
    told = await accept(
        engines.web, BodyVault(SECRET), FakeConnector(), signed({"receipt": "read", "id": "p1"})
    )
    assert told == Accepted(receipts=1)
    assert await rows(engines, "select * from webhook_bodies") == []


async def test_both_of_two_equal_ids_in_one_request_are_counted_and_one_is_kept(engines: Engines) -> None:
    twice = signed({"id": "m", "from": "a", "text": "one"}, {"id": "m", "from": "a", "text": "one"})
    told = await accept(engines.web, BodyVault(SECRET), FakeConnector(), twice)
    assert told == Accepted(accepted=1, duplicates=1)


async def test_lanes_are_woken_by_new_messages_alone(engines: Engines, database_url: str) -> None:
    message, receipt = signed({"id": "m", "from": "a"}), signed({"receipt": "sent", "id": "p"})
    vault = BodyVault(SECRET)
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute(f"listen {inbox.NOTIFY}")
        for request in (message, receipt, message, signed({"id": "m2", "from": "a"})):
            await accept(engines.web, vault, FakeConnector(), request)
        heard = [notify.channel for notify in listener.notifies(timeout=1)]
    assert heard == [inbox.NOTIFY, inbox.NOTIFY]
