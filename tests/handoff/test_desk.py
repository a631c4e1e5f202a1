"""The desk through its pages: who may do what, who wins, what the customer is told, what is kept."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from onethread.app import House
from onethread.storage.conversations import read_owner
from tests.handoff.people import Person, add_customer, add_person
from tests.web.house import Site


async def rows(house: House, query: str, **values: object) -> list[tuple[object, ...]]:
    async with house.engines.web.connect() as conn:
        return [tuple(row) for row in await conn.execute(text(query), values)]


async def test_of_two_who_take_at_once_one_wins_and_the_other_is_told_who(site: Site, house: House) -> None:
    anna, ben = await add_person(house, "Anna"), await add_person(house, "Ben")
    async with Person(site.url) as one, Person(site.url) as two:
        await one.sign_in(anna)
        await two.sign_in(ben)
        for _ in range(10):
            customer = await add_customer(house)
            answers = await asyncio.gather(one.press(customer, "take"), two.press(customer, "take"))
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            async with house.engines.web.connect() as conn:
                owner = await read_owner(conn, customer)
            assert owner is not None
            winner = anna if answers[0].status_code == 200 else ben
            assert (owner.owner, owner.agent_id) == ("agent", winner.id)
            told = next(answer.json()["error"] for answer in answers if answer.status_code == 409)
            assert winner.name in told
            joined = await rows(
                house,
                "select count(*) from messages where customer_id = :c and content->>'response' = :r",
                c=customer,
                r="utter_house_agent_joined",
            )
            assert joined == [(1,)]


async def test_an_answer_goes_to_the_address_last_used_and_a_second_press_sends_nothing(
    site: Site, house: House
) -> None:
    anna, request = await add_person(house, "Anna"), str(uuid4())
    customer = await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        await person.press(customer, "take")
        for _ in range(2):
            answer = await person.press(customer, "answer", text="Hello, Anna here", request_id=request)
            assert answer.status_code == 200
    sent = await rows(
        house,
        "select o.part->>'text', o.purpose, a.connector from outbox o join addresses a on a.id = o.address_id"
        " where o.purpose = 'agent'",
    )
    assert sent == [("Hello, Anna here", "agent", "webchat")]


async def test_who_did_not_take_it_may_not_answer(site: Site, house: House) -> None:
    anna, customer = await add_person(house, "Anna"), await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        assert (await person.press(customer, "answer", text="sneaking in")).status_code == 409
        assert (await person.press(customer, "hand-back")).status_code == 409
    assert await rows(house, "select 1 from outbox") == []


async def test_the_customer_is_told_when_the_assistant_is_back(site: Site, house: House) -> None:
    anna, customer = await add_person(house, "Anna"), await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        await person.press(customer, "take")
        assert (await person.press(customer, "resolve")).status_code == 200
    told = await rows(house, "select content->>'response' from messages where author = 'house' order by seq")
    assert told == [("utter_house_agent_joined",), ("utter_house_agent_left",)]
    assert await rows(house, "select owner, status from conversations") == [("bot", "resolved")]


async def test_a_note_is_never_sent(site: Site, house: House) -> None:
    anna, customer = await add_person(house, "Anna"), await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        assert (await person.press(customer, "note", text="called back")).status_code == 200
        assert "called back" in await person.see(customer)
    assert await rows(house, "select 1 from outbox") == []


async def test_an_opted_out_customer_cannot_be_written_to(site: Site, house: House) -> None:
    anna, customer = await add_person(house, "Anna"), await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        await person.press(customer, "take")
        async with house.engines.web.begin() as conn:
            await conn.execute(text("update addresses set opted_out_at = now()"))
        page = await person.see(customer)
        assert 'id="answer"' not in page and "opted out" in page
        assert (await person.press(customer, "answer", text="still me")).status_code == 409
    assert await rows(house, "select 1 from outbox where purpose = 'agent'") == []


async def test_a_viewer_reads_and_does_nothing_else(site: Site, house: House) -> None:
    vic, customer = await add_person(house, "Vic", "viewer"), await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(vic)
        assert "I need a person" in await person.see(customer)
        for act in ("take", "answer", "note", "hand-back", "resolve", "release"):
            assert (await person.press(customer, act, text="x")).status_code == 409
    assert await rows(house, "select owner from conversations") == [("queue",)]


async def test_only_a_supervisor_puts_anothers_conversation_back(site: Site, house: House) -> None:
    anna, ben = await add_person(house, "Anna"), await add_person(house, "Ben")
    sue, customer = await add_person(house, "Sue", "supervisor"), await add_customer(house)
    async with Person(site.url) as a, Person(site.url) as b, Person(site.url) as s:
        for person, agent in ((a, anna), (b, ben), (s, sue)):
            await person.sign_in(agent)
        await a.press(customer, "take")
        assert (await b.press(customer, "release")).status_code == 409
        assert (await s.press(customer, "release")).status_code == 200
    assert await rows(house, "select owner from conversations") == [("queue",)]


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 1234*1001 }}",
    "\"'><svg/onload=alert(1)>",
)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_what_a_customer_writes_is_inert_everywhere(site: Site, house: House, hostile: str) -> None:
    anna = await add_person(house, "Anna")
    customer = await add_customer(house, hostile)
    async with house.engines.web.begin() as conn:
        await conn.execute(text("update customers set display_name = :name"), {"name": hostile})
    async with Person(site.url) as person:
        await person.sign_in(anna)
        for page in (
            await person.see(customer),
            (await person.http.get("/desk/fragments/list?shelf=queue")).text,
            (await person.http.get(f"/desk/fragments/thread/{customer}")).text,
        ):
            assert "<script>alert" not in page and "<img src=x" not in page and "<svg/onload" not in page
            assert "1235234" not in page


async def test_a_message_without_a_turn_is_shown_as_being_answered(site: Site, house: House) -> None:
    anna, customer = await add_person(house, "Anna"), await add_customer(house)
    async with house.engines.web.begin() as conn:
        await conn.execute(
            text(
                "insert into inbox (connector, account, provider_message_id, address_key, kind, text)"
                " select connector, account, 'later', key, 'text', 'are you there' from addresses"
            )
        )
    async with Person(site.url) as person:
        await person.sign_in(anna)
        page = await person.see(customer)
    assert "are you there" in page and "Being answered" in page


async def test_reading_and_acting_leave_audit_lines_without_text(site: Site, house: House) -> None:
    anna, customer = await add_person(house, "Anna"), await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        await person.see(customer)
        await person.see(customer)
        await person.press(customer, "take")
        await person.press(customer, "answer", text="something private")
    kept = await rows(house, "select action, customer_id, detail::text from audit order by id")
    assert [row[0] for row in kept] == ["signin", "read", "take", "answer"]
    assert all("private" not in str(row) for row in kept)


async def test_an_open_page_hears_of_changes(site: Site, house: House) -> None:
    anna, customer = await add_person(house, "Anna"), await add_customer(house)
    async with Person(site.url) as person:
        await person.sign_in(anna)
        cookie = f"onethread_desk={person.http.cookies['onethread_desk']}"
        live = f"ws{site.url.removeprefix('http')}/desk/live"
        headers = {"origin": site.url, "cookie": cookie}
        async with connect(live, additional_headers=headers, proxy=None) as wire, asyncio.timeout(10):
            await wire.send(json.dumps({"watch": str(customer)}))
            await person.press(customer, "take")
            heard = {json.loads(await wire.recv())["changed"] for _ in range(2)}
    assert heard == {"list", "thread"}


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"origin": ""}, {}])
async def test_a_foreign_page_hears_nothing(site: Site, house: House, headers: dict[str, str]) -> None:
    anna = await add_person(house, "Anna")
    async with Person(site.url) as person:
        await person.sign_in(anna)
        cookie = f"onethread_desk={person.http.cookies['onethread_desk']}"
        live = f"ws{site.url.removeprefix('http')}/desk/live"
        with pytest.raises(InvalidStatus) as refused:
            async with connect(live, additional_headers={"cookie": cookie, **headers}, proxy=None):
                pass
    assert refused.value.response.status_code == 403


async def test_waiting_longest_comes_first(site: Site, house: House) -> None:
    anna = await add_person(house, "Anna")
    late, early = await add_customer(house, "late one"), await add_customer(house, "early one")
    async with house.engines.web.begin() as conn:
        await conn.execute(
            text("update conversations set owner_since = owner_since - :ago where customer_id = :c"),
            {"c": early, "ago": timedelta(hours=1)},
        )
    async with Person(site.url) as person:
        await person.sign_in(anna)
        page = (await person.http.get("/desk")).text
    assert page.index(str(early)) < page.index(str(late))
