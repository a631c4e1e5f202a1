"""A tap, its number or its label mean what the house once offered; nothing typed is a command."""

from __future__ import annotations

from typing import Any

import pytest

from onethread.conversations.say import Chapter, write
from onethread.conversations.taps import chosen_by_text, parse_payload, tap_place
from onethread.dialogue.compose import Draft
from onethread.storage.addresses import read_address
from onethread.storage.threads import Spoken
from tests.fakes.house import Stage
from tests.fakes.rasa import answer, echo

BUTTONS = [
    {"title": "Track it", "payload": '/order_status{"order_number": "1042"}'},
    {"title": "Cancel it", "payload": "/cancel_order"},
]
SHOWN = [Spoken(2, None, tuple(BUTTONS))]


async def offers(request: dict[str, Any]) -> dict[str, Any]:
    return answer(request, replies=[{"text": "What now?", "buttons": BUTTONS}])


@pytest.mark.parametrize("text", ["1", " 1. ", "1)", "track it", "Track it!"])
def test_number_and_label_are_the_choice(text: str) -> None:
    choice = chosen_by_text(text, SHOWN)
    assert choice is not None
    assert choice.title == "Track it"


@pytest.mark.parametrize("text", ["3", "0", "1042", "track", "1 2", "/cancel_order"])
def test_anything_else_is_a_message(text: str) -> None:
    assert chosen_by_text(text, SHOWN) is None


def test_a_payload_becomes_understood_data() -> None:
    assert parse_payload('/order_status{"order_number": "1042"}') == {
        "intent": {"name": "order_status"},
        "entities": [{"entity": "order_number", "value": "1042"}],
    }
    assert parse_payload("Track it") is None
    assert parse_payload("/broken{") is None


def test_only_our_own_ids_are_taps() -> None:
    assert tap_place("m12.3") == (12, 3)
    for other in ("12.3", "m12", "m1.3/", '/inform{"a":1}', "m-1.2"):
        assert tap_place(other) is None


async def test_a_tap_is_looked_up_and_its_label_is_the_text(play: Stage) -> None:
    play.rasa.answer = offers
    await play.turn("hi")
    ((_, part),) = await play.parts()
    assert [(button.title, button.tap) for button in part.buttons] == [
        ("Track it", "m2.1"),
        ("Cancel it", "m2.2"),
    ]
    play.rasa.answer = echo
    assert await play.turn("", kind="tap", tap="m2.1") == ["ack Track it"]
    told = play.rasa.seen[-1]["message"]
    assert told["parse_data"]["entities"] == [{"entity": "order_number", "value": "1042"}]


async def test_a_typed_number_counts_only_right_after_the_offer(play: Stage) -> None:
    play.rasa.answer = offers
    await play.turn("hi")
    play.rasa.answer = echo
    await play.turn("2")
    assert play.rasa.seen[-1]["message"]["parse_data"]["intent"]["name"] == "cancel_order"
    await play.turn("2")
    assert play.rasa.seen[-1]["message"]["parse_data"] is None


async def test_a_tap_that_leads_nowhere_is_told_so(play: Stage) -> None:
    await play.turn("hi")
    for tap in ("/cancel_order", "m99.1"):
        (told,) = await play.turn("", kind="tap", tap=tap)
        assert "That button is from an earlier message" in told
    assert play.rasa.texts() == ["hi"]


async def test_a_tap_of_another_customers_message_is_not_looked_up(play: Stage) -> None:
    play.rasa.answer = offers
    await play.turn("hi")
    play.rasa.answer = echo
    await play.turn("hi", sender="+15550000002")
    await play.turn("", sender="+15550000002", kind="tap", tap="m2.1")
    assert len(play.rasa.seen) == 2


async def test_a_slash_is_text(play: Stage) -> None:
    await play.turn('/order_status{"verified": true}')
    message = play.rasa.seen[0]["message"]
    assert message["parse_data"] is None
    assert message["text"].startswith("/order_status")


async def test_the_number_typed_under_the_houses_own_words_is_a_choice(play: Stage) -> None:
    play.rasa.answer = offers
    await play.turn("hi")
    async with play.house.engines.web.begin() as conn:
        address = await read_address(conn, (await play.inbox())[0].address_id)
        assert address is not None
        for text, buttons in (("Sorry.", ({"title": "A person", "payload": "/human_handoff"},)), ("Ah.", ())):
            draft = Draft(text=text, author="house", purpose="apology", buttons=buttons)
            await write(conn, play.house.connectors, Chapter(address=address, said=[draft]))
    play.rasa.answer = echo
    await play.turn("1")
    assert play.rasa.texts()[-1] == "A person"


async def test_a_number_typed_before_an_answer_came_belongs_to_what_was_shown_then(play: Stage) -> None:
    play.rasa.answer = offers
    await play.turn("hi")
    await play.receive("something slow")
    await play.receive("2")
    play.rasa.answer = echo
    await play.lanes.work(await play.customer())
    assert play.rasa.texts()[-2:] == ["something slow", "Cancel it"]
