"""One person under several names of a platform or with one phone at two; and a number somebody new has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from connectors.contract import Channel
from onethread.identity.linking import ask_link
from onethread.identity.merging import carry_out_link
from onethread.identity.resolve import PhoneLinks, resolve, start_anew
from onethread.identity.undoing import undo_link
from onethread.ids import AddressId, CustomerId
from onethread.storage.engine import Engines, open_engines
from onethread.storage.inbox import DueLane
from tests.fakes.connector import FakeConnector
from tests.fakes.house import Stage

SMS, WHATSAPP = ("fake_sms", "default"), ("fake_whatsapp", "default")
DOORS = {
    SMS: FakeConnector(),
    WHATSAPP: FakeConnector(key="fake_whatsapp", channel=Channel.WHATSAPP),
}
PHONE = "+15551230001"
ID, OTHER_ID = "US.1001", "US.2002"


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    made = open_engines(database_url, lane_slots=10, turn_deadline_s=10)
    yield made
    await made.close()


async def who(
    engines: Engines,
    place: tuple[str, str],
    key: str,
    *,
    phone: str | None = None,
    user_id: str = "",
    phone_links: PhoneLinks = "link",
) -> CustomerId:
    profile = {"phone": phone, "display_name": "", "user_id": user_id}
    lane = DueLane(*place, key, None, {"profile": profile})
    return await resolve(engines.lanes, DOORS, lane, phone_links=phone_links)


async def rows(engines: Engines, query: str) -> list[Any]:
    async with engines.web.connect() as conn:
        return list(await conn.execute(text(query)))


async def test_one_phone_attested_by_two_platforms_is_one_customer(engines: Engines) -> None:
    first = await who(engines, SMS, PHONE, phone=PHONE)
    assert await who(engines, WHATSAPP, PHONE[1:], phone=PHONE) == first
    (link,) = await rows(engines, "select * from links")
    assert (link.status, link.trust, link.evidence) == ("done", "attested", "phone")
    assert (link.customer_id, link.from_customer_id) == (first, None)


async def test_undone_an_address_that_never_had_a_customer_gets_one(engines: Engines) -> None:
    first = await who(engines, SMS, PHONE, phone=PHONE)
    await who(engines, WHATSAPP, PHONE[1:], phone=PHONE)
    (link,) = await rows(engines, "select id from links")
    await undo_link(engines.senders, link.id, by=None, reason="a mistake")
    second = await who(engines, WHATSAPP, PHONE[1:], phone=PHONE)
    assert second != first == await who(engines, SMS, PHONE, phone=PHONE)
    for table in ("lanes", "threads", "conversations"):
        assert len(await rows(engines, f"select 1 from {table}")) == 2


async def test_who_is_joined_while_somebody_is_found_by_phone_keeps_no_address_behind(
    engines: Engines,
) -> None:
    for number in range(10):
        phone = f"+1555123100{number}"
        older = await who(engines, SMS, f"x{number}")
        await who(engines, SMS, phone, phone=phone)
        async with engines.web.begin() as conn:
            ids = [
                AddressId(row.id)
                for row in await conn.execute(
                    text("select id from addresses where key in (:one, :other)"),
                    {"one": f"x{number}", "other": phone},
                )
            ]
            link_id = await ask_link(conn, ids[0], ids[1], trust="proved", evidence="code")
        await asyncio.gather(
            carry_out_link(engines.senders, link_id), who(engines, WHATSAPP, phone[1:], phone=phone)
        )
        assert await who(engines, WHATSAPP, phone[1:], phone=phone) == older
    left = (
        "select a.id from addresses a join customers c on c.id = a.customer_id"
        " where c.merged_into is not null"
    )
    assert await rows(engines, left) == []


async def test_a_brazilian_and_an_argentine_number_are_known_in_both_spellings(engines: Engines) -> None:
    for sms, whatsapp in (("+5511987654321", "551187654321"), ("+541112345678", "5491112345678")):
        first = await who(engines, SMS, sms, phone=sms)
        assert await who(engines, WHATSAPP, whatsapp, phone=f"+{whatsapp}") == first


@pytest.mark.parametrize(("policy", "status"), [("propose", "proposed"), ("off", None)])
async def test_the_setting_leaves_an_equal_phone_to_people_or_does_nothing(
    engines: Engines, policy: PhoneLinks, status: str | None
) -> None:
    first = await who(engines, SMS, PHONE, phone=PHONE, phone_links=policy)
    assert await who(engines, WHATSAPP, PHONE[1:], phone=PHONE, phone_links=policy) != first
    found = [link.status for link in await rows(engines, "select status from links")]
    assert found == ([status] if status else [])


async def test_a_phone_nobody_attests_links_nothing(engines: Engines) -> None:
    first = await who(engines, SMS, PHONE, phone=PHONE)
    assert await who(engines, WHATSAPP, PHONE[1:]) != first


async def test_two_doors_at_the_same_moment_make_one_customer(engines: Engines) -> None:
    found = await asyncio.gather(
        *(who(engines, place, PHONE, phone=PHONE) for place in (SMS, WHATSAPP) for _ in range(5))
    )
    assert len(set(found)) == 1
    assert len(await rows(engines, "select id from customers")) == 1


async def test_who_is_known_by_id_and_phone_and_shows_one_of_them_is_the_same(engines: Engines) -> None:
    first = await who(engines, WHATSAPP, ID, phone=PHONE, user_id=ID)
    assert await who(engines, WHATSAPP, PHONE[1:], phone=PHONE) == first
    assert await who(engines, WHATSAPP, ID, user_id=ID) == first
    assert len(await rows(engines, "select id from addresses")) == 1


async def test_who_was_known_by_a_number_keeps_the_customer_under_an_id(engines: Engines) -> None:
    first = await who(engines, WHATSAPP, PHONE[1:], phone=PHONE)
    assert await who(engines, WHATSAPP, ID, phone=PHONE, user_id=ID) == first
    (address,) = await rows(engines, "select key, phone from addresses")
    assert (address.key, address.phone) == (ID, PHONE)
    assert await who(engines, WHATSAPP, ID, user_id=ID) == first


async def test_a_number_with_another_id_is_somebody_new(engines: Engines) -> None:
    first = await who(engines, WHATSAPP, ID, phone=PHONE, user_id=ID)
    second = await who(engines, WHATSAPP, OTHER_ID, phone=PHONE, user_id=OTHER_ID)
    assert second != first
    # The first is still reached by the id, the number leads to the second.
    assert await who(engines, WHATSAPP, ID, user_id=ID) == first
    assert await who(engines, WHATSAPP, PHONE[1:], phone=PHONE) == second


async def test_a_person_says_that_a_number_is_somebody_elses_now(play: Stage) -> None:
    await play.turn("mine", sender=PHONE)
    first = await play.customer(PHONE)
    (address,) = await play.rows("select id from addresses")
    async with play.house.engines.web.begin() as conn:
        second = await start_anew(conn, AddressId(address.id))
        assert await start_anew(conn, AddressId(address.id)) is None
    await play.turn("hello", sender=PHONE)
    assert await play.customer(PHONE) == second != first
    heard = await play.rows(
        "select customer_id, text from messages where direction = 'in' order by seq, text"
    )
    assert {(row.customer_id, row.text) for row in heard} == {(first, "mine"), (second, "hello")}
    assert play.rasa.seen[-1]["window"]["slots"] == {}


async def test_who_changes_number_stays_who_they_were(play: Stage) -> None:
    new = "+15559990000"
    await play.turn("hello", sender=PHONE)
    first = await play.customer(PHONE)
    await play.turn("new number", sender=PHONE, kind="system", moved_to={"key": new, "phone": new})
    assert await play.customer(new) == first
    assert await play.turn("it is me", sender=new) == ["ack it is me"]
    # The old number is a stranger's from now on.
    assert await play.customer(PHONE) != first


async def test_a_change_heard_late_joins_the_two(play: Stage) -> None:
    new = "+15559990000"
    await play.turn("hello", sender=PHONE)
    await play.turn("it is me", sender=new)
    await play.turn("new number", sender=PHONE, kind="system", moved_to={"key": new, "phone": new})
    (link,) = await play.rows("select status, trust, evidence from links")
    assert (link.status, link.trust, link.evidence) == ("asked", "attested", "platform")
