"""A late or failed turn leaves nothing behind but one apology; at last a person is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from onethread.conversations.failures import MOST_ATTEMPTS, SHORT_S, next_delay
from onethread.conversations.lanes import Look
from onethread.storage import inbox
from onethread.storage.lanes import lock_lane
from tests.fakes.house import Stage, stage
from tests.fakes.rasa import answer, echo

HELLO = "Hi, this is the automated assistant of Brindle and Fern."
SORRY = "Sorry, this takes longer than it should."

CUT_TURNS = (
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    " and application_name = 'onethread lanes' and state like 'idle in transaction%'"
)


@pytest.fixture
async def hasty(database_url: str, redis_url: str) -> AsyncIterator[Stage]:
    """A house whose turns may take half a second."""
    async with stage(database_url, redis_url, turn_deadline_s=0.5) as made:
        yield made


async def hang(_request: dict[str, Any]) -> dict[str, Any]:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits so long")


async def fail(_request: dict[str, Any]) -> int:
    return 500


async def due_now(play: Stage) -> None:
    await play.run("update inbox set due_at = now() - interval '1 second'")


def test_the_wait_doubles_up_to_half_a_minute() -> None:
    assert [next_delay(seconds) for seconds in (0, 1, 2, 4, 20, 40, 500)] == [1, 1, 2, 4, 20, 30, 30]


def test_where_nothing_was_asked_the_wait_stays_short() -> None:
    assert [next_delay(seconds, SHORT_S) for seconds in (0, 4, 500)] == [1, 4, SHORT_S]


def test_a_clock_that_went_back_makes_no_wait_negative() -> None:
    assert next_delay(-3600) == 1


async def test_a_hung_turn_gets_one_apology_and_is_answered_later(hasty: Stage) -> None:
    hasty.rasa.answer = hang
    (sorry,) = await hasty.turn("hi")
    assert sorry.startswith(f"{HELLO}\n\n{SORRY}")
    (row,) = await hasty.inbox()
    assert (row.status, row.apologised, row.attempts, row.turn_id) == ("pending", True, 0, None)
    assert await hasty.rows("select 1 from turns") == []

    await due_now(hasty)
    assert await hasty.look() is not Look.NOTHING
    assert len(await hasty.out()) == 1, "a second failure is not apologised for again"

    hasty.rasa.answer = echo
    await due_now(hasty)
    await hasty.look()
    assert (await hasty.out())[1] == "ack hi"
    (row,) = await hasty.inbox()
    assert (row.status, row.error) == ("done", None)
    assert [(m.direction, m.text[:5]) for m in await hasty.thread()] == [
        ("in", "hi"),
        ("out", HELLO[:5]),
        ("out", "ack h"),
    ]


async def test_the_apology_offers_a_person_and_the_offer_can_be_taken(hasty: Stage) -> None:
    hasty.rasa.answer = hang
    await hasty.turn("hi")
    ((_, part),) = await hasty.parts()
    (button,) = part.buttons
    assert (button.title, button.tap) == ("Talk to a person", "m2.1")
    hasty.rasa.answer = echo
    await due_now(hasty)
    await hasty.look()
    await hasty.turn("", kind="tap", tap=button.tap)
    assert hasty.rasa.seen[-1]["message"]["parse_data"]["intent"]["name"] == "human_handoff"


async def test_a_quick_failure_is_tried_again_before_anybody_is_told(play: Stage) -> None:
    play.rasa.answer = fail
    assert await play.turn("hi") == []
    (row,) = await play.inbox()
    assert (row.status, row.attempts, row.apologised) == ("pending", 0, False)
    play.rasa.answer = echo
    await due_now(play)
    await play.look()
    assert await play.out() == [f"{HELLO}\n\nack hi"]


async def test_whoever_would_wait_longer_than_a_turn_is_told(play: Stage) -> None:
    play.rasa.answer = fail
    await play.turn("hi")
    six = "now() - interval '6 s'"
    await play.run(f"update inbox set failed_since = {six}, received_at = {six}")
    await due_now(play)
    await play.look()
    (sorry,) = await play.out()
    assert SORRY in sorry


async def test_later_messages_wait_behind_the_failed_one(play: Stage) -> None:
    play.rasa.answer = fail
    await play.turn("first")
    await play.receive("second")
    assert await play.look() is Look.NOTHING
    play.rasa.answer = echo
    await due_now(play)
    await play.lanes.work(await play.customer())
    assert play.rasa.texts() == ["first", "first", "second"]
    assert await play.out() == [f"{HELLO}\n\nack first", "ack second"]


async def test_another_customer_does_not_wait(play: Stage) -> None:
    async def only_one_hangs(request: dict[str, Any]) -> dict[str, Any]:
        return await (hang if request["message"]["text"] == "hang" else echo)(request)

    play.rasa.answer = only_one_hangs
    async with play.worker(slots=2):
        await play.receive("hang")
        await asyncio.sleep(0.1)
        started = asyncio.get_running_loop().time()
        await play.receive("hi", sender="+15550000002")
        async with asyncio.timeout(5):
            while not await play.out("+15550000002"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert asyncio.get_running_loop().time() - started < 2
        play.rasa.answer = echo
        await play.run(CUT_TURNS)


async def test_after_ten_minutes_the_row_is_dead_and_a_person_is_asked(play: Stage) -> None:
    play.rasa.answer = fail
    await play.turn("hi")
    await play.run("update inbox set failed_since = now() - interval '11 minutes'")
    await due_now(play)
    await play.look()
    (row,) = await play.inbox()
    assert (row.status, row.turn_id) == ("dead", None)
    assert await play.owner() == "queue"
    (told,) = await play.out()
    assert SORRY in told
    assert "passing you on to a colleague" in told
    assert (await play.thread())[0].text == "hi"


async def test_no_ready_rasa_is_not_the_messages_fault(play: Stage) -> None:
    async def no_model(_request: dict[str, Any]) -> int:
        return 503

    play.rasa.answer = no_model
    await play.turn("hi")
    for _ in range(MOST_ATTEMPTS + 1):
        await due_now(play)
        await play.look()
    (row,) = await play.inbox()
    assert (row.status, row.attempts) == ("pending", 0)


async def test_when_rasa_is_back_after_long_the_answer_comes_soon(play: Stage) -> None:
    async def no_model(_request: dict[str, Any]) -> int:
        return 503

    play.rasa.answer = no_model
    await play.turn("hi")
    await play.run("update inbox set failed_since = now() - interval '5 minutes'")
    await due_now(play)
    await play.look()
    (row,) = await play.rows("select due_at - now() as wait from inbox")
    assert row.wait.total_seconds() <= SHORT_S


async def test_a_row_that_kills_its_worker_is_buried_after_five_attempts(play: Stage) -> None:
    await play.receive("poison")
    await play.receive("innocent")
    customer = await play.customer()
    # What a killed worker leaves: the attempt counted, nothing else.
    await play.run("update inbox set attempts = :n where text = 'poison'", n=MOST_ATTEMPTS)
    await play.lanes.work(customer)
    poison, innocent = await play.inbox()
    assert (poison.status, poison.error) == ("dead", "attempts ended without a word")
    assert innocent.status == "done"
    assert await play.owner() == "queue"
    assert "poison" not in "".join(play.rasa.texts())
    (told,) = await play.out()
    assert SORRY in told


async def test_what_breaks_the_house_itself_counts_and_is_buried(play: Stage) -> None:
    async def broken(request: dict[str, Any]) -> dict[str, Any]:
        told = answer(request, "fine")
        return {**told, "model": "Postgres takes no \x00"}

    play.rasa.answer = broken
    await play.receive("poison")
    customer = await play.customer()
    for _ in range(MOST_ATTEMPTS + 1):
        await due_now(play)
        await play.lanes.look(customer)
    (row,) = await play.inbox()
    assert row.status == "dead"


async def test_a_dead_row_can_be_replayed(play: Stage) -> None:
    play.rasa.answer = fail
    await play.turn("hi")
    await play.run("update inbox set failed_since = now() - interval '11 minutes'")
    await due_now(play)
    await play.look()
    play.rasa.answer = echo
    await play.run("update conversations set owner = 'bot'")
    async with play.house.engines.web.begin() as conn:
        (dead,) = await inbox.dead_rows(conn)
        assert dead.replayable
        assert await inbox.replay(conn, [dead.id]) == 1
    await play.look()
    (row,) = await play.inbox()
    assert row.status == "done"
    assert (await play.out())[-1] == "ack hi"
    assert [m.text for m in await play.thread()].count("hi") == 1


async def test_a_forged_answer_is_a_failed_turn(play: Stage) -> None:
    async def other_turn(request: dict[str, Any]) -> dict[str, Any]:
        return {**answer(request, "secret of somebody else"), "turn_id": "other"}

    play.rasa.answer = other_turn
    assert await play.turn("hi") == []
    (row,) = await play.inbox()
    assert row.error == "the answer belongs to another turn"


async def test_a_lane_whose_connection_is_cut_is_tried_again(play: Stage) -> None:
    cut = asyncio.Event()

    async def cut_once(request: dict[str, Any]) -> dict[str, Any]:
        if not cut.is_set():
            cut.set()
            await play.run(CUT_TURNS)
        return await echo(request)

    play.rasa.answer = cut_once
    assert await play.turn("hi") == []
    (row,) = await play.inbox()
    assert (row.status, row.attempts) == ("pending", 0)
    await due_now(play)
    await play.look()
    assert await play.out() == [f"{HELLO}\n\nack hi"]
    assert len(await play.rows("select 1 from turns")) == 1


async def test_a_lane_left_idle_is_freed_by_the_database(database_url: str, redis_url: str) -> None:
    async with stage(database_url, redis_url, turn_deadline_s=1.0) as play:
        await play.receive("hi")
        customer = await play.customer()
        async with play.house.engines.lanes.connect() as zombie:
            assert await lock_lane(zombie, customer)
            assert await play.lanes.look(customer) is Look.NOTHING
            await asyncio.sleep(2.0)
            assert await play.lanes.look(customer) is not Look.NOTHING
            with pytest.raises(Exception, match=r"terminat|idle|closed"):
                await zombie.exec_driver_sql("select 1")
            await zombie.invalidate()
