"""A link is undone: what came from each address goes back with it, and links that rest on it go too."""

from __future__ import annotations

from typing import Any

from tests.fakes.house import Stage
from tests.fakes.rasa import answer

from .joining import ONE, THREE, TWO, everything, join, link_of, said_to, undo


async def test_undone_at_once_everything_is_where_it_was(play: Stage) -> None:
    for said in ("a", "b"):
        await play.turn(said, sender=ONE)
        await play.turn(said, sender=TWO)
    before = await everything(play)
    link_id = await join(play, TWO, ONE)
    assert await everything(play) != before
    await undo(play, link_id)
    after = await everything(play)
    notes = {row.id for row in await play.rows("select id from messages where direction = 'note'")}
    after["messages"] = [row for row in after["messages"] if row[0] not in notes]
    assert after == before
    link = await link_of(play, link_id)
    assert (link.status, link.reason) == ("undone", "a mistake")


async def test_what_was_said_since_goes_with_its_address(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    older, younger = await play.customer(ONE), await play.customer(TWO)
    link_id = await join(play, ONE, TWO)
    await play.turn("again two", sender=TWO)
    await play.turn("again one", sender=ONE)
    await undo(play, link_id)
    assert (await play.customer(ONE), await play.customer(TWO)) == (older, younger)
    mine = [text for _, text in await said_to(play, older)]
    theirs = [text for _, text in await said_to(play, younger)]
    assert not any("two" in text for text in mine)
    assert not any("one" in text.split("assistant")[0] for text in theirs)
    assert [text for text in mine if text.startswith("again")] == ["again one"]
    assert theirs[-2:] == ["again two", "ack again two"]
    turns = await play.rows(
        "select t.customer_id, t.number, a.key from turns t join addresses a on a.id = t.address_id"
        " order by t.customer_id, t.number"
    )
    assert {(row.customer_id, row.key) for row in turns} == {(older, ONE), (younger, TWO)}
    # And both talk on, each alone.
    await play.turn("more", sender=TWO)
    assert await play.customer(TWO) == younger


async def test_both_start_a_session_and_neither_knows_what_only_the_other_said(play: Stage) -> None:
    slots: dict[str, str] = {}

    async def with_slots(request: dict[str, Any]) -> dict[str, Any]:
        return answer(request, "ok", **slots)

    play.rasa.answer = with_slots
    slots = {"order": "1042"}
    await play.turn("one", sender=ONE)
    slots = {"order": "1043", "email": "two@example.com"}
    await play.turn("two", sender=TWO)
    link_id = await join(play, ONE, TWO)
    await play.turn("together", sender=ONE)
    version = play.rasa.seen[-1]["window"]["version"]
    await undo(play, link_id)
    await play.turn("one alone", sender=ONE)
    alone = play.rasa.seen[-1]
    assert (alone["session"], alone["window"]["slots"]) == ("start", {"order": "1042"})
    # No number of a turn ever means two turns.
    assert alone["window"]["version"] > version
    await play.turn("two alone", sender=TWO)
    alone = play.rasa.seen[-1]
    assert alone["session"] == "start"
    assert alone["window"]["slots"] == {"order": "1043", "email": "two@example.com"}


async def test_an_undo_is_done_once(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    link_id = await join(play, ONE, TWO)
    await undo(play, link_id)
    before = await everything(play)
    await undo(play, link_id)
    assert await everything(play) == before


async def test_a_link_found_by_way_of_an_undone_one_is_undone_with_it(play: Stage) -> None:
    for key in (ONE, TWO, THREE):
        await play.turn(key, sender=key)
    customers = [await play.customer(key) for key in (ONE, TWO, THREE)]
    first = await join(play, ONE, TWO)
    second = await join(play, TWO, THREE)
    assert {await play.customer(key) for key in (ONE, TWO, THREE)} == {customers[0]}
    await undo(play, first)
    assert [await play.customer(key) for key in (ONE, TWO, THREE)] == customers
    rests = await link_of(play, second)
    assert rests.status == "undone"
    assert rests.reason is not None and "rests on" in rests.reason


async def test_a_link_that_does_not_rest_on_it_stays(play: Stage) -> None:
    for key in (ONE, TWO, THREE):
        await play.turn(key, sender=key)
    first = await join(play, ONE, TWO)
    second = await join(play, ONE, THREE)
    younger = (await link_of(play, first)).from_customer_id
    await undo(play, first)
    assert await play.customer(TWO) == younger
    assert await play.customer(THREE) == await play.customer(ONE)
    assert (await link_of(play, second)).status == "done"


async def test_a_customer_who_brought_others_along_takes_them_back(play: Stage) -> None:
    for key in (ONE, TWO, THREE):
        await play.turn(key, sender=key)
    customers = [await play.customer(key) for key in (ONE, TWO, THREE)]
    await join(play, TWO, THREE)
    link_id = await join(play, ONE, TWO)
    assert {await play.customer(key) for key in (ONE, TWO, THREE)} == {customers[0]}
    await undo(play, link_id)
    assert await play.customer(ONE) == customers[0]
    assert await play.customer(TWO) == await play.customer(THREE) == customers[1]
    assert [seq for seq, _ in await said_to(play, customers[1])][:2] == [1, 2]


async def test_joined_split_and_joined_again_nothing_is_lost_or_doubled(play: Stage) -> None:
    await play.turn("one", sender=ONE)
    await play.turn("two", sender=TWO)
    for number in range(3):
        link_id = await join(play, ONE, TWO)
        await play.turn(f"joined {number}", sender=TWO)
        await undo(play, link_id)
        await play.turn(f"split {number}", sender=TWO)
    heard = [
        row.text
        for row in await play.rows("select text from messages where direction = 'in' order by created_at")
    ]
    assert heard == ["one", "two", *(f"{what} {n}" for n in range(3) for what in ("joined", "split"))]
    assert len(await play.rows("select id from turns")) == 8
