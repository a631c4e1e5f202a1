"""A link between apps joins two people only when whoever opened it says in so many taps that he is both."""

from __future__ import annotations

import time

import pytest

from onethread.identity.tokens import LIVES_S
from tests.fakes.house import Stage

from .showing import OWNER, carry_out, customers, link_from, links, plain, visitor

YES, NO = "Yes, go on here", "No, that wasn't me"


@pytest.fixture
async def begun(play: Stage) -> str:
    """Somebody who asked something in the web chat."""
    key = await visitor(play)
    await play.turn("where is my order 1042?", sender=key)
    return key


async def test_whoever_says_yes_is_one_customer_from_then_on(play: Stage, begun: str) -> None:
    asked = await play.turn(await link_from(play, begun), sender=OWNER)
    assert "begun by web chat" in plain(asked)
    assert await links(play) == []
    assert "we go on here" in plain(await play.turn(YES, sender=OWNER))
    assert await links(play) == [("deep_link", "proved", "asked")]
    await carry_out(play)
    assert await customers(play) == 1
    assert play.rasa.texts() == ["where is my order 1042?"]


async def test_whoever_says_no_stays_who_he_was(play: Stage, begun: str) -> None:
    await play.turn(await link_from(play, begun), sender=OWNER)
    assert "Nothing was joined" in plain(await play.turn(NO, sender=OWNER))
    assert await links(play) == []
    assert await customers(play) == 2


async def test_a_no_cannot_be_turned_into_a_yes(play: Stage, begun: str) -> None:
    await play.turn(await link_from(play, begun), sender=OWNER)
    (asked,) = await play.rows(
        "select seq from messages where content->>'response' = 'utter_house_continue_ask'"
    )
    await play.turn(kind="tap", tap=f"m{asked.seq}.2", sender=OWNER)
    assert "is over" in plain(await play.turn(kind="tap", tap=f"m{asked.seq}.1", sender=OWNER))
    assert await links(play) == []


async def test_a_link_is_opened_once(play: Stage, begun: str) -> None:
    token = await link_from(play, begun)
    await play.turn(token, sender=OWNER)
    assert "opened before" in plain(await play.turn(token, sender="+15559990000"))
    assert "opened before" in plain(await play.turn(token, sender=OWNER))
    assert await play.rows("select 1 from continuations") == [(1,)]


async def test_a_link_is_over_after_a_quarter_of_an_hour(play: Stage, begun: str) -> None:
    token = await link_from(play, begun, at=time.time() - LIVES_S)
    await play.turn(token, sender=OWNER)
    assert await play.rows("select 1 from continuations") == []


async def test_a_question_left_open_cannot_be_answered_later(play: Stage, begun: str) -> None:
    await play.turn(await link_from(play, begun), sender=OWNER)
    await play.run("update continuations set asked_at = now() - interval '61 minutes'")
    assert "is over" in plain(await play.turn(YES, sender=OWNER))
    assert await links(play) == []


async def test_a_forged_link_is_a_word_like_any_other(play: Stage, begun: str) -> None:
    token = await link_from(play, begun)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    await play.turn(forged, sender=OWNER)
    assert play.rasa.texts()[-1] == forged
    assert await play.rows("select 1 from continuations") == []


async def test_the_words_beside_a_link_are_answered_before_the_question(play: Stage, begun: str) -> None:
    said = await play.turn(f"{await link_from(play, begun)} any news?", sender=OWNER)
    assert [plain([one]).split("?")[0] for one in said] == [
        "ack any news",
        "You opened a link to go on here with the conversation begun by web chat. Was that you, and shall we"
        " go on here",
    ]


async def test_a_link_to_where_one_is_known_already_asks_nothing(play: Stage) -> None:
    await play.turn("hi", sender=OWNER)
    assert "we can go on here" in plain(await play.turn(await link_from(play, OWNER), sender=OWNER))
    assert await play.rows("select 1 from continuations") == []


async def test_an_attacker_who_sends_his_link_to_a_victim_learns_nothing(play: Stage) -> None:
    """His web chat hears nothing of it, before and after the victim's no."""
    attacker = await visitor(play, "attacker")
    await play.turn("hello", sender=attacker)
    await play.turn("where is my order 1042?", sender=OWNER)
    heard = await play.out(attacker)
    for victim in (await link_from(play, attacker), "what is this?", NO, "thanks"):
        await play.turn(victim, sender=OWNER)
        assert await play.out(attacker) == heard
    assert await links(play) == []
    await play.turn("where is the order?", sender=attacker)
    last = play.rasa.seen[-1]
    assert last["message"]["metadata"]["onethread"]["phone"] is None
    assert "1042" not in str(last)


async def test_a_yes_to_nobodys_question_is_left_to_the_assistant(play: Stage, begun: str) -> None:
    await play.turn(YES, sender=begun)
    assert play.rasa.texts()[-1] == YES


async def test_a_yes_answers_only_the_question_it_was_asked_with(play: Stage, begun: str) -> None:
    """Who taps a stranger's question under an old message does not thereby open another one."""
    other = await visitor(play, "stranger")
    await play.turn("hi", sender=other)
    await play.turn(await link_from(play, other, nonce=b"of-other"), sender=OWNER)
    await play.turn(await link_from(play, begun), sender=OWNER)
    await play.turn(YES, sender=OWNER)
    (row,) = await play.rows("select a.key from links l join addresses a on a.id = l.other_address_id")
    assert row.key == begun


async def test_a_yes_lends_nobody_the_number_of_who_said_it(play: Stage, begun: str) -> None:
    """The last door: a victim who was talked into the yes still does not pay with his orders."""
    await play.turn(await link_from(play, begun), sender=OWNER)
    await play.turn(YES, sender=OWNER)
    await carry_out(play)
    await play.turn("where is my order?", sender=begun)
    facts = play.rasa.seen[-1]["message"]["metadata"]["onethread"]
    assert (facts["phone"], facts["trust"]) == (None, "anonymous")
