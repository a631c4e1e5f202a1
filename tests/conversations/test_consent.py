"""STOP ends everything at once, whoever owns the conversation; one confirmation, or the carrier's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.contract import Capabilities
from onethread.storage.conversations import set_owner
from tests.fakes.connector import FakeConnector
from tests.fakes.house import Stage, stage
from tests.fakes.rasa import answer, echo

STOPPED = "You will not get any more messages from Brindle and Fern here."
RESUMED = "You are back"


@pytest.fixture
async def carried(database_url: str, redis_url: str) -> AsyncIterator[Stage]:
    """A door whose carrier answers STOP itself."""
    door = FakeConnector(capabilities=Capabilities(text_max=1600, carrier_answers_stop=True))
    async with stage(database_url, redis_url, door=door) as made:
        yield made


async def ledger(play: Stage) -> list[tuple[str, str]]:
    rows = await play.rows("select action, source from consent_events order by id")
    return [(row.action, row.source) for row in rows]


async def test_stop_is_confirmed_once_and_then_nothing_is_said(play: Stage) -> None:
    await play.turn("hi")
    (confirmed,) = await play.turn("STOP")
    assert confirmed.startswith(STOPPED)
    assert await play.turn("stop") == []
    assert await play.turn("where is my order?") == []
    assert play.rasa.texts() == ["hi"]
    assert await ledger(play) == [("stop", "word")]
    assert [m.text for m in await play.thread()][-1] == "where is my order?"
    statuses = [status for status, _ in await play.parts()]
    assert statuses == ["suppressed", "queued"], "the reply still queued is not sent, the confirmation is"


async def test_start_resumes(play: Stage) -> None:
    await play.turn("STOP")
    (told,) = await play.turn("Start")
    assert told.startswith(RESUMED)
    assert (await play.turn("hi"))[0].endswith("ack hi")
    assert await ledger(play) == [("stop", "word"), ("start", "word")]


async def test_yes_resumes_only_who_stopped(play: Stage) -> None:
    await play.turn("yes")
    assert play.rasa.texts() == ["yes"]
    await play.turn("STOP")
    (told,) = await play.turn("YES")
    assert told.startswith(RESUMED)


async def test_the_house_is_silent_on_what_the_carrier_answers(carried: Stage) -> None:
    assert await carried.turn("STOP") == []
    assert await carried.turn("UNSTOP") == []
    assert await carried.turn("HELP", consent="help") == []
    assert await ledger(carried) == [("stop", "carrier"), ("start", "carrier")]
    assert carried.rasa.texts() == []
    assert (await carried.turn("hi"))[0].endswith("ack hi")


@pytest.mark.parametrize(
    ("word", "confirmed"),
    [("dezabonare", "Nu veți mai primi"), ("Стоп!", "Brindle and Fern больше"), ("ＴＤ", "您将不会再")],
)
async def test_a_stop_word_no_carrier_knows_is_confirmed_by_the_house_in_its_language(
    carried: Stage, word: str, confirmed: str
) -> None:
    (told,) = await carried.turn(word)
    assert told.startswith(confirmed)
    assert await carried.turn("where is my order?") == []
    assert await ledger(carried) == [("stop", "word")]
    assert carried.rasa.texts() == []


async def test_a_stop_word_of_any_language_ends_what_is_queued_at_once(play: Stage) -> None:
    await play.turn("hi")
    await play.receive("退订")
    assert [status for status, _ in await play.parts()] == ["suppressed"], "in the webhook's own commit"


async def test_a_word_of_another_language_that_the_carrier_was_taught_is_left_to_it(carried: Stage) -> None:
    assert await carried.turn("стоп", consent="stop") == []
    assert await ledger(carried) == [("stop", "carrier")]


async def test_stop_in_ones_own_words_is_confirmed_by_the_house_even_there(carried: Stage) -> None:
    async def understands(request: dict[str, Any]) -> dict[str, Any]:
        return answer(request, "never said", directives=[{"type": "consent.stop"}])

    carried.rasa.answer = understands
    (told,) = await carried.turn("enough of this, leave me alone")
    assert told.startswith(STOPPED)
    assert await carried.turn("hello?") == []
    assert await ledger(carried) == [("stop", "intent")]


async def test_stop_in_mid_turn_holds_back_the_answer(play: Stage) -> None:
    await play.turn("hi")
    reached, go = asyncio.Event(), asyncio.Event()

    async def held(request: dict[str, Any]) -> dict[str, Any]:
        reached.set()
        await go.wait()
        return await echo(request)

    play.rasa.answer = held
    await play.receive("tell me five things")
    turn = asyncio.create_task(play.lanes.work(await play.customer()))
    await reached.wait()
    await play.receive("STOP")
    assert [status for status, _ in await play.parts()] == ["suppressed"], "in the webhook's own commit"
    go.set()
    await turn
    await play.lanes.work(await play.customer())  # as the dispatcher does, who heard of it
    queued = [part.text for status, part in await play.parts() if status == "queued"]
    assert len(queued) == 1
    assert queued[0].startswith(STOPPED)


async def test_stop_counts_while_a_person_answers(play: Stage) -> None:
    agent = await play.agent()
    await play.turn("hi")
    async with play.house.engines.web.begin() as conn:
        await set_owner(conn, await play.customer(), "agent", agent_id=agent)
    (told,) = await play.turn("Unsubscribe")
    assert told.startswith(STOPPED)
    assert await play.owner() == "agent"


async def test_a_plain_request_stops_while_a_person_answers(carried: Stage) -> None:
    agent = await carried.agent()
    await carried.turn("hi")
    async with carried.house.engines.web.begin() as conn:
        await set_owner(conn, await carried.customer(), "agent", agent_id=agent)
    (told,) = await carried.turn("Please stop texting me, and where is my parcel?")
    assert told.startswith(STOPPED), "no carrier answers a sentence"
    assert await ledger(carried) == [("stop", "word")]
    assert await carried.turn("please stop texting me") == []


async def test_a_request_to_stop_is_not_lost_between_other_messages(play: Stage) -> None:
    await play.turn("hi")
    for said in ("where is it", "please stop texting me", "really"):
        await play.receive(said)
    await play.lanes.work(await play.customer())
    assert [text for status, text in await _said(play) if status == "queued"][-1].startswith(STOPPED)
    assert play.rasa.texts() == ["hi", "where is it"]


async def _said(play: Stage) -> list[tuple[str, str]]:
    return [(status, part.text) for status, part in await play.parts()]


async def test_a_first_message_can_be_stop(play: Stage) -> None:
    (told,) = await play.turn("stop")
    assert told.startswith(STOPPED)


async def test_elsewhere_cancel_reaches_the_assistant(database_url: str, redis_url: str) -> None:
    door = FakeConnector(capabilities=Capabilities(text_max=4000, opt_out_words=False))
    async with stage(database_url, redis_url, door=door) as play:
        await play.turn("cancel")
        assert play.rasa.texts() == ["cancel"]
