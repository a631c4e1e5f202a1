"""Two machines do not text each other for ever."""

from __future__ import annotations

from onethread.conversations.brakes import MOST_REPLIES, braked
from onethread.storage.threads import Recent
from tests.fakes.house import Stage


def test_three_equal_texts_brake_whatever_their_case() -> None:
    assert braked(Recent(2, ("hello ", "Hello")), ["HELLO"])
    assert braked(Recent(1, ("a",)), ["b", "b", "B"])
    assert not braked(Recent(2, ("hello", "hi")), ["hello"])
    assert not braked(Recent(2, ("b", "b")), ["a", "b"])
    assert not braked(Recent(0, ()), ["", "", ""])


def test_twenty_replies_are_enough() -> None:
    assert not braked(Recent(MOST_REPLIES - 1, ()), ["x"])
    assert braked(Recent(MOST_REPLIES, ()), ["x"])


async def test_the_third_equal_message_is_met_with_silence_and_the_queue(play: Stage) -> None:
    assert len(await play.turn("hello")) == 1
    assert len(await play.turn("Hello ")) == 1
    assert await play.turn("hello") == []
    assert await play.owner() == "queue"
    assert await play.turn("something else") == []
    assert len(play.rasa.seen) == 2


async def test_the_twenty_first_reply_of_an_hour_is_not_sent(play: Stage) -> None:
    for number in range(30):
        await play.turn(f"n{number}")
    assert len(await play.out()) == MOST_REPLIES
    assert await play.owner() == "queue"


async def test_last_hours_replies_do_not_count(play: Stage) -> None:
    for _ in range(2):
        await play.turn("hello")
    await play.run("update messages set created_at = created_at - interval '61 minutes'")
    assert len(await play.turn("hello")) == 1


async def test_handing_back_releases_the_brake(play: Stage) -> None:
    for _ in range(3):
        await play.turn("hello")
    await play.run("update conversations set owner = 'bot', owner_since = clock_timestamp()")
    assert len(await play.turn("hello")) == 1
