"""The language a customer is written to in: learnt from his words, kept, changed when he plainly changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from onethread.dialogue.following import HINT, PLAIN, SURE
from tests.fakes.house import Stage, stage
from tests.fakes.rasa import answer

TOLD = {
    "where is my order": ("en", PLAIN),
    "and when does it come": ("en", PLAIN),
    "unde este comanda mea": ("ro", PLAIN),
    "si cand ajunge la mine": ("ro", PLAIN),
    "salut": ("ro", HINT),
    "multumesc": ("ro", HINT),
    "где мой заказ": ("ru", PLAIN),
    "когда он уже придёт": ("ru", PLAIN),
    "привет": ("ru", SURE),
    "我的订单在哪里": ("zh", PLAIN),
    "where is comanda mea please": ("en", HINT),
    "cardul •••• •••• •••• 1111, unde este comanda": ("ro", PLAIN),
    "ok": ("en", 0),
    "1042": ("en", 0),
}
"""What Rasa's room makes of each message (tests/rasa has the real one)."""
DISCLOSED = {
    "en": "Hi, this is",
    "ro": "Bună ziua, sunt",
    "ru": "Здравствуйте! Это",
    "zh": "您好，我是",
}


async def room(request: dict[str, Any]) -> dict[str, Any]:
    """Answers with the language it answers in, and says when the message decided it."""
    facts = request["message"]["metadata"]["onethread"]
    told, plainness = TOLD.get(request["message"]["text"], ("en", 0))
    least = facts["follow"].get(told)
    follows = told if least and plainness >= least else None
    language = follows or facts["language"] or facts["fallback_language"]
    made = answer(request, f"in {language}")
    made["parse"] |= {"language": told, "plainness": plainness}
    return {**made, "follows": follows}


@pytest.fixture
async def talk(play: Stage) -> Stage:
    play.rasa.answer = room
    return play


@pytest.fixture
async def romanian_shop(database_url: str, redis_url: str) -> AsyncIterator[Stage]:
    async with stage(database_url, redis_url, default_language="ro") as made:
        made.rasa.answer = room
        yield made


async def languages(play: Stage, *texts: str) -> list[str]:
    """What each of these messages, one after another, is answered in."""
    return [(await play.turn(text))[-1].rpartition("in ")[2] for text in texts]


async def kept(play: Stage) -> tuple[str | None, bool]:
    (row,) = await play.rows("select language, language_asked from customers")
    return row.language, row.language_asked


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is my order", "en"),
        ("unde este comanda mea", "ro"),
        ("где мой заказ", "ru"),
        ("привет", "ru"),
        ("我的订单在哪里", "zh"),
    ],
)
async def test_the_first_answer_is_in_the_language_of_the_first_message(
    talk: Stage, text: str, language: str
) -> None:
    (told,) = await talk.turn(text)
    assert told.startswith(DISCLOSED[language])
    assert told.endswith(f"in {language}")
    assert await kept(talk) == (language, False)


@pytest.mark.parametrize("text", ["ok", "1042", "salut", "where is comanda mea please"])
async def test_what_is_unclear_is_answered_in_the_shops_language_and_teaches_nothing(
    romanian_shop: Stage, text: str
) -> None:
    (told,) = await romanian_shop.turn(text)
    assert told.startswith(DISCLOSED["ro"])
    assert told.endswith("in ro")
    assert await kept(romanian_shop) == (None, False)


async def test_two_hints_in_a_row_are_enough(talk: Stage) -> None:
    assert await languages(talk, "salut", "ok", "salut", "multumesc") == ["en", "en", "en", "ro"]


async def test_a_hint_is_enough_where_the_app_speaks_that_language(play: Stage) -> None:
    play.rasa.answer = room
    (told,) = await play.turn("salut", language="ro-RO")
    assert told.endswith("in ro")
    assert (await play.turn("salut", sender="+2", language="ru"))[-1].endswith("in en")


async def test_one_message_in_another_language_changes_nothing(talk: Stage) -> None:
    spoken = await languages(talk, "unde este comanda mea", "где мой заказ", "ok", "привет", "1042")
    assert spoken == ["ro"] * 5
    assert await languages(talk, "where is comanda mea please", "where is my order") == ["ro", "ro"]


async def test_who_plainly_goes_on_in_another_language_is_followed(talk: Stage) -> None:
    spoken = await languages(talk, "unde este comanda mea", "где мой заказ", "когда он уже придёт", "ok")
    assert spoken == ["ro", "ro", "ru", "ru"]
    assert await kept(talk) == ("ru", False)


async def test_a_language_asked_for_stays_until_another_is_asked_for(talk: Stage) -> None:
    await languages(talk, "unde este comanda mea")
    assert (await talk.turn("in English please"))[-1].startswith("Of course, let us go on in English")
    spoken = await languages(talk, "где мой заказ", "когда он уже придёт", "unde este comanda mea")
    assert spoken == ["en"] * 3
    assert await kept(talk) == ("en", True)
    assert (await talk.turn("pe română vă rog"))[-1].startswith("Desigur, continuăm în română")
    assert await languages(talk, "where is my order", "and when does it come") == ["ro", "ro"]


async def test_who_asks_for_the_language_he_already_gets_keeps_it(talk: Stage) -> None:
    await languages(talk, "where is my order")
    await talk.turn("in English please")
    assert await languages(talk, "где мой заказ", "когда он уже придёт") == ["en", "en"]


async def test_the_houses_own_words_in_the_first_answer_are_in_its_language(talk: Stage) -> None:
    told = await talk.turn("cardul 4111 1111 1111 1111, unde este comanda")
    assert told[0].startswith(DISCLOSED["ro"])
    assert told[-1].startswith("Pentru siguranța dumneavoastră")


async def test_a_stranger_is_known_to_rasa_as_one(talk: Stage) -> None:
    await languages(talk, "ok", "где мой заказ", "ok")
    facts = [seen["message"]["metadata"]["onethread"] for seen in talk.rasa.seen]
    assert [one["language"] for one in facts] == [None, None, "ru"]
    assert [one["fallback_language"] for one in facts] == ["en", "ru", "ru"]


async def test_an_answer_of_a_room_that_tells_no_language_changes_nothing(play: Stage) -> None:
    await play.turn("где мой заказ")
    assert await kept(play) == (None, False)


@pytest.mark.parametrize(
    ("text", "language"), [("где мой заказ", "ru"), ("我的订单在哪里", "zh"), ("where is it", "en")]
)
async def test_what_the_house_says_by_itself_goes_by_the_letters(
    database_url: str, redis_url: str, text: str, language: str
) -> None:
    async def down(request: dict[str, Any]) -> int:
        return 500

    # The next try is later than the deadline, so that the first failure is apologised for.
    async with stage(database_url, redis_url, turn_deadline_s=0.5) as hasty:
        hasty.rasa.answer = down
        (apology,) = await hasty.turn(text)
    assert apology.startswith(DISCLOSED[language])
