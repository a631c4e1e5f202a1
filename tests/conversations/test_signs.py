"""Signs of life reach the door; what is silent is shown to people and answered by nobody."""

from __future__ import annotations

import asyncio

from tests.fakes.house import PHONE, Stage


async def test_who_is_answered_sees_typing_and_a_door_that_breaks_does_no_harm(play: Stage) -> None:
    (told,) = await play.turn("hi", id="w1")
    await asyncio.sleep(0)
    assert told.endswith("ack hi")
    assert play.door.signs == [("typing", PHONE, "w1")]


async def test_a_tap_is_answered_though_a_person_has_the_conversation(play: Stage) -> None:
    await play.turn("hi")
    await play.run("update conversations set owner = 'queue'")
    play.door.signs.clear()
    assert await play.turn("Track", kind="tap", tap="m1.1", detail={"query": "q7"}) == []
    await asyncio.sleep(0)
    assert play.door.signs == [("tap", PHONE, "q7")]


async def test_what_is_silent_stands_in_the_thread_and_is_not_answered(play: Stage) -> None:
    assert await play.turn("", kind="unsupported", silent=True, detail={"why": "pinned_message"}) == []
    (shown,) = await play.thread()
    assert shown.author == "customer"
    assert play.rasa.texts() == []


async def test_stop_told_by_the_platform_is_kept_and_not_confirmed(play: Stage) -> None:
    await play.turn("hi")
    assert await play.turn("", kind="unsupported", consent="stop", silent=True) == []
    assert await play.turn("hello?") == []
    assert await play.turn("", kind="unsupported", consent="start", silent=True) == []
    assert (await play.turn("hello"))[0].endswith("ack hello")
    found = await play.rows("select action, source from consent_events order by id")
    assert [(row.action, row.source) for row in found] == [("stop", "platform"), ("start", "platform")]


async def test_what_is_old_news_is_not_answered_along_with_what_is_new(play: Stage) -> None:
    await play.receive("a question of last month", at=1.0)
    await play.receive("a question of today")
    await play.lanes.work(await play.customer())
    assert play.rasa.texts() == ["a question of today"]
    assert [line.text for line in await play.thread() if line.author == "customer"] == [
        "a question of last month",
        "a question of today",
    ]
