"""Two customers who are one person become one: the older stays, everything of both is there, once."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError

from connectors.contract import Part
from onethread.crashpoints import VARIABLE
from onethread.identity.merging import carried, carry_out_link, joined
from onethread.storage.conversations import set_owner
from onethread.storage.moves import Remembered, Talked
from onethread.storage.threads import read_latest
from tests.fakes.house import Stage, until
from tests.fakes.rasa import answer

from .joining import ONE, THREE, TWO, address_of, asked, everything, join, link_of, said_to, undo


async def test_the_older_stays_and_has_both_threads_one_after_the_other(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    older, younger = await play.customer(ONE), await play.customer(TWO)
    link_id = await join(play, ONE, TWO)
    assert await play.customer(TWO) == older
    said = await said_to(play, older)
    assert [seq for seq, _ in said] == [1, 2, 3, 4]
    assert [text.rsplit("\n")[-1] for _, text in said] == ["one", "ack one", "two", "ack two"]
    assert await said_to(play, younger) == []
    link = await link_of(play, link_id)
    # The address that moved is the younger's, however the question was put.
    assert (link.status, link.address_id) == ("done", await address_of(play, TWO))
    assert (link.customer_id, link.from_customer_id) == (older, younger)
    (row,) = await play.rows("select merged_into from customers where id = :id", id=younger)
    assert row.merged_into == older
    assert await play.rows("select id from outbox where customer_id <> :id", id=older) == []


@pytest.mark.parametrize(
    ("older", "younger", "both"),
    [
        ((None, False), (None, False), (None, False)),
        ((None, False), ("ru", False), ("ru", False)),
        (("ro", False), ("ru", False), ("ro", False)),
        (("ro", False), ("ru", True), ("ru", True)),
        (("ro", True), ("ru", True), ("ro", True)),
        (("ro", True), (None, False), ("ro", True)),
    ],
)
async def test_the_language_of_the_older_stays_unless_the_younger_asked_for_one(
    play: Stage, older: tuple[Any, bool], younger: tuple[Any, bool], both: tuple[Any, bool]
) -> None:
    for sender, (language, was_asked) in ((ONE, older), (TWO, younger)):
        await play.turn("hi", sender=sender)
        await play.run(
            "update customers set language = :language, language_asked = :asked where id = :id",
            language=language,
            asked=was_asked,
            id=await play.customer(sender),
        )
    await join(play, ONE, TWO)
    known = "select language, language_asked from customers where id = :id"
    (row,) = await play.rows(known, id=await play.customer(TWO))
    assert (row.language, row.language_asked) == both


async def test_a_link_is_carried_out_once(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    link_id = await join(play, TWO, ONE)
    before = await said_to(play, await play.customer(ONE))
    assert await carry_out_link(play.house.engines.senders, link_id) is None
    again = await join(play, ONE, TWO)
    assert await said_to(play, await play.customer(ONE)) == before
    link = await link_of(play, again)
    assert (link.status, link.customer_id) == ("done", link.from_customer_id)


async def test_what_is_asked_twice_while_it_waits_is_one_request(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    assert await asked(play, ONE, TWO) == await asked(play, TWO, ONE)


async def test_the_next_turn_starts_a_session_with_the_slots_of_both(play: Stage) -> None:
    async def with_slots(request: dict[str, Any]) -> dict[str, Any]:
        return answer(request, "ok", **slots)

    play.rasa.answer = with_slots
    slots = {"order": "1042", "email": "one@example.com"}
    await play.turn("one", sender=ONE)
    slots = {"order": "1043", "city": "Cluj", "empty": None}
    await play.turn("two", sender=TWO)
    await join(play, ONE, TWO)
    await play.turn("three", sender=ONE)
    request = play.rasa.seen[-1]
    assert request["session"] == "start"
    assert request["window"]["turns"] == []
    assert request["window"]["slots"] == {"order": "1043", "email": "one@example.com", "city": "Cluj"}
    await play.turn("four", sender=TWO)
    assert play.rasa.seen[-1]["session"] == "continue"
    assert len(play.rasa.seen[-1]["window"]["turns"]) == 1
    numbers = await play.rows(
        "select number from turns where customer_id = :id order by number", id=await play.customer(ONE)
    )
    assert [row.number for row in numbers] == [1, 2, 3]


async def test_a_button_from_before_still_works(play: Stage) -> None:
    async def choices(request: dict[str, Any]) -> dict[str, Any]:
        button = {"title": "Track it", "payload": f"/track_{len(play.rasa.seen)}"}
        return answer(request, replies=[{"text": "Which?", "buttons": [button]}])

    play.rasa.answer = choices
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    (_, before) = (await play.parts(TWO))[-1]
    link_id = await join(play, ONE, TWO)
    assert await chosen(play, before) == "track_2"
    (_, between) = (await play.parts(TWO))[-1]
    assert await chosen(play, between) == "track_3"
    await undo(play, link_id)
    assert await chosen(play, before) == "track_2"
    assert await chosen(play, between) == "track_3"


async def chosen(play: Stage, part: Part) -> str:
    """What Rasa is told when the customer presses the button of a part."""
    await play.turn(sender=TWO, kind="tap", tap=part.buttons[0].tap)
    return str(play.rasa.seen[-1]["message"]["parse_data"]["intent"]["name"])


async def test_people_read_a_joined_thread_in_order_of_time(play: Stage) -> None:
    for said in ("1", "2", "3"):
        await play.turn(f"one {said}", sender=ONE)
        await play.turn(f"two {said}", sender=TWO)
    await join(play, ONE, TWO)
    async with play.house.engines.web.connect() as conn:
        whole = await read_latest(conn, await play.customer(ONE))
        paged = []
        before = None
        while page := await read_latest(conn, await play.customer(ONE), 5, before):
            paged = page + paged
            before = page[0].seq
    heard = [message.text for message in whole if message.direction == "in"]
    assert heard == ["one 1", "two 1", "one 2", "two 2", "one 3", "two 3"]
    assert [message.id for message in paged] == [message.id for message in whole]


async def test_a_person_stays_and_the_other_is_told(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    ana, ben = await play.agent("Ana"), await play.agent("Ben")
    for agent, key in ((ana, ONE), (ben, TWO)):
        customer = await play.customer(key)
        async with play.house.engines.web.begin() as conn:
            await set_owner(conn, customer, "agent", agent_id=agent)
    gone = await play.customer(TWO)
    await join(play, ONE, TWO)
    customer = await play.customer(ONE)
    (row,) = await play.rows("select owner, agent_id from conversations where customer_id = :id", id=customer)
    assert (row.owner, row.agent_id) == ("agent", ana)
    (row,) = await play.rows("select owner, status from conversations where customer_id = :id", id=gone)
    assert (row.owner, row.status) == ("bot", "resolved")
    (note,) = await play.rows("select text from messages where direction = 'note'")
    assert "Ben" in note.text and "Ana" in note.text


@pytest.mark.parametrize(
    ("stays", "goes", "owner"),
    [
        ("bot", "queue", "queue"),
        ("queue", "bot", "queue"),
        ("queue", "agent", "agent"),
        ("agent", "queue", "agent"),
    ],
)
def test_a_person_comes_before_the_queue_before_the_bot(stays: str, goes: str, owner: str) -> None:
    now = datetime.now(UTC)
    one, other = (Talked(uuid4(), who, None, who, now, "open") for who in (stays, goes))  # type: ignore[arg-type]
    done = joined(one, other)
    assert (done.owner, done.reason, done.customer_id) == (owner, owner, one.customer_id)


def test_slots_are_carried_once_and_the_newer_wins() -> None:
    early = Remembered({"a": 1, "b": 1}, datetime(2026, 1, 1, tzinfo=UTC), 1)
    late = Remembered({"b": 2, "c": None}, datetime(2026, 1, 2, tzinfo=UTC), 1)
    assert carried(early, late) == carried(late, early) == {"a": 1, "b": 2}
    assert carried(Remembered({}, None, 0), early) == {"a": 1, "b": 1}


async def test_three_who_are_joined_crosswise_at_once_are_one(play: Stage) -> None:
    for key in (ONE, TWO, THREE):
        await play.turn(f"from {key}", sender=key)
    pairs = [(ONE, TWO), (TWO, THREE), (THREE, ONE)]
    links = [await asked(play, *pair) for pair in pairs]
    await asyncio.gather(*(carry_out_link(play.house.engines.senders, link) for link in links))
    customers = {await play.customer(key) for key in (ONE, TWO, THREE)}
    assert len(customers) == 1
    said = await said_to(play, customers.pop())
    assert [seq for seq, _ in said] == [1, 2, 3, 4, 5, 6]
    assert [(await link_of(play, link)).status for link in links] == ["done"] * 3


async def test_a_merge_waits_for_a_turn(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: dict[str, Any]) -> dict[str, Any]:
        reached.set()
        await go_on.wait()
        return answer(request, "slowly")

    play.rasa.answer = slow
    link_id = await asked(play, ONE, TWO)
    turn = asyncio.create_task(play.turn("wait", sender=TWO))
    await reached.wait()
    merge = asyncio.create_task(carry_out_link(play.house.engines.senders, link_id))
    await until(lambda: _somebody_waits(play))
    go_on.set()
    assert await turn == ["slowly"]
    await merge
    assert [text for _, text in await said_to(play, await play.customer(ONE))][-2:] == ["wait", "slowly"]


async def _somebody_waits(play: Stage) -> bool:
    return bool(await play.rows("select 1 from pg_stat_activity where wait_event_type = 'Lock'"))


@pytest.mark.parametrize("seed", range(8))
async def test_messages_of_both_during_a_merge_are_answered_exactly_once(play: Stage, seed: int) -> None:
    chance = random.Random(seed)
    said: dict[str, list[str]] = {ONE: [], TWO: []}

    async def late(request: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(chance.random() * 0.02)
        return answer(request, f"ack {request['message']['text']}")

    play.rasa.answer = late
    for key in said:
        await play.turn("first", sender=key)

    async def write(key: str) -> None:
        for number in range(12):
            said[key].append(f"{key} {number:02}")
            await play.receive(said[key][-1], sender=key)
            await asyncio.sleep(chance.random() * 0.03)

    async def merge() -> None:
        await asyncio.sleep(chance.random() * 0.2)
        await join(play, ONE, TWO)

    async with play.worker(slots=4):
        await asyncio.gather(write(ONE), write(TWO), merge())
        await until(lambda: _all_done(play))
    rows = await play.inbox()
    assert {row.status for row in rows} == {"done"}
    # One finished turn each, heard once, in the order of the address it came from.
    heard = await play.rows(
        "select m.text, a.key from messages m join addresses a on a.id = m.address_id"
        " where m.direction = 'in' order by m.seq"
    )
    for key, texts in said.items():
        assert [row.text for row in heard if row.key == key] == ["first", *texts]
        answers = "\n".join(text for text in await play.out(key))
        for text in texts:
            assert answers.count(text) == 1
    turns = await play.rows("select customer_id, number from turns")
    assert len(turns) == len({row.turn_id for row in rows})


async def _all_done(play: Stage) -> bool:
    return not await play.rows("select 1 from inbox where status = 'pending'")


@pytest.mark.parametrize("which", ["merge", "undo"])
async def test_a_death_half_way_leaves_nothing_half_done(play: Stage, which: str, tmp_path: Path) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    link_id = await asked(play, ONE, TWO)
    if which == "undo":
        await carry_out_link(play.house.engines.senders, link_id)
    before = await everything(play)
    (tmp_path / f"identity.{which}.halfway").touch()
    killed = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.identity.doomed",
        which,
        str(link_id),
        play.house.settings.database_url,
        env={**os.environ, VARIABLE: str(tmp_path)},
    )
    assert await killed.wait() == -9
    assert await everything(play) == before
    if which == "merge":
        await _again(play, link_id)
        assert len({await play.customer(key) for key in (ONE, TWO)}) == 1
    else:
        await undo(play, link_id)
        assert len({await play.customer(key) for key in (ONE, TWO)}) == 2


async def _again(play: Stage, link_id: Any) -> None:
    """The dead process's locks go with its connection, a moment later."""
    try:
        await carry_out_link(play.house.engines.senders, link_id)
    except OperationalError:
        await carry_out_link(play.house.engines.senders, link_id)
