"""While a person owns a conversation the bot is silent, and what it was about to say is dropped."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from onethread.conversations import desk
from onethread.storage.conversations import list_waiting
from tests.fakes.house import Stage
from tests.fakes.rasa import answer, echo


async def wants_a_person(request: dict[str, Any]) -> dict[str, Any]:
    return answer(request, "I pass you on.", directives=[{"type": "handoff.requested", "reason": "asked"}])


async def test_who_asks_for_a_person_waits_in_the_queue_and_the_bot_is_silent(play: Stage) -> None:
    play.rasa.answer = wants_a_person
    (told,) = await play.turn("a human please")
    assert told.endswith("I pass you on.")
    assert await play.owner() == "queue"
    assert await play.turn("hello?") == []
    await play.run("update conversations set owner_since = now() - interval '9 hours'")
    await play.run("update turns set finished_at = now() - interval '3 days'")
    assert await play.turn("still there?") == []
    assert len(play.rasa.seen) == 1
    async with play.house.engines.web.connect() as conn:
        (waiting,) = await list_waiting(conn)
    assert (waiting.reason, waiting.owner, waiting.last_text, waiting.last_seq) == (
        "asked",
        "queue",
        "still there?",
        4,
    )


async def test_taking_over_in_mid_turn_drops_the_bots_words(play: Stage) -> None:
    agent = await play.agent()
    reached, go = asyncio.Event(), asyncio.Event()

    async def held(request: dict[str, Any]) -> dict[str, Any]:
        reached.set()
        await go.wait()
        return await echo(request)

    play.rasa.answer = held
    await play.receive("hi")
    customer = await play.customer()
    turn = asyncio.create_task(play.lanes.work(customer))
    await reached.wait()
    house = play.house
    async with house.engines.web.begin() as conn:
        assert await desk.claim(conn, house.connectors, house.texts, customer, agent)
    go.set()
    await turn
    assert await play.out() == ["Ana from Brindle and Fern is here now. This is a person."]
    assert [message.text for message in await play.thread()][-1] == "hi"
    assert await play.rows("select 1 from turns") == []
    (row,) = await play.inbox()
    assert row.status == "done"


async def test_of_two_agents_one_gets_the_conversation(play: Stage) -> None:
    agents = [await play.agent(name) for name in ("Ana", "Bo")]
    await play.turn("hi")
    customer = await play.customer()
    house = play.house

    async def press(agent: Any) -> bool:
        async with house.engines.web.begin() as conn:
            return await desk.claim(conn, house.connectors, house.texts, customer, agent)

    for _ in range(5):
        won = await asyncio.gather(*(press(agent) for agent in agents))
        assert sorted(won) == [False, True]
    assert len([text for text in await play.out() if "is here now" in text]) == 1


async def test_an_agent_answers_and_hands_back(play: Stage) -> None:
    agent, other = await play.agent("Ana"), await play.agent("Bo")
    play.rasa.answer = wants_a_person
    await play.turn("a human please")
    customer = await play.customer()
    house = play.house
    pressed = uuid4()
    async with house.engines.web.begin() as conn:
        await desk.claim(conn, house.connectors, house.texts, customer, agent)
        with pytest.raises(desk.NotOwner):
            await desk.post_agent_message(conn, house.connectors, house.texts, customer, other, "x")
    for _ in range(2):
        async with house.engines.web.begin() as conn:
            sent = await desk.post_agent_message(
                conn, house.connectors, house.texts, customer, agent, "It ships today.", request_id=pressed
            )
    assert (sent.author, sent.agent_name, sent.text) == ("agent", "Ana", "It ships today.")
    async with house.engines.web.begin() as conn:
        assert not await desk.hand_back(conn, house.connectors, house.texts, customer, other)
        assert await desk.hand_back(conn, house.connectors, house.texts, customer, agent)
    assert (await play.out())[1:] == [
        "Ana from Brindle and Fern is here now. This is a person.",
        "It ships today.",
        "Ana has left. From here on it is the automated assistant again.",
    ]
    play.rasa.answer = echo
    assert await play.turn("thanks") == ["ack thanks"]


async def test_who_writes_again_opens_a_resolved_conversation(play: Stage) -> None:
    await play.turn("hi")
    await play.run("update conversations set status = 'resolved'")
    await play.turn("like", kind="reaction")
    assert [row.status for row in await play.rows("select status from conversations")] == ["resolved"]
    assert await play.turn("one more thing") == ["ack one more thing"]
    assert [row.status for row in await play.rows("select status from conversations")] == ["open"]


async def test_who_stopped_and_resumes_is_told_that_the_person_left(play: Stage) -> None:
    agent = await play.agent()
    await play.turn("hi")
    customer = await play.customer()
    house = play.house
    async with house.engines.web.begin() as conn:
        await desk.claim(conn, house.connectors, house.texts, customer, agent)
    await play.turn("STOP")
    async with house.engines.web.begin() as conn:
        assert await desk.hand_back(conn, house.connectors, house.texts, customer, agent)
    await play.turn("START")
    (told,) = await play.turn("hello")
    assert "automated assistant" in told


async def test_nothing_is_sent_to_who_stopped(play: Stage) -> None:
    agent = await play.agent()
    await play.turn("STOP")
    customer = await play.customer()
    house = play.house
    async with house.engines.web.begin() as conn:
        await desk.claim(conn, house.connectors, house.texts, customer, agent)
        with pytest.raises(desk.NoAddress):
            await desk.post_agent_message(conn, house.connectors, house.texts, customer, agent, "hello")
    assert len(await play.out()) == 1


async def test_a_note_is_for_colleagues_only(play: Stage) -> None:
    agent = await play.agent()
    await play.turn("hi")
    async with play.house.engines.web.begin() as conn:
        await desk.add_note(conn, await play.customer(), agent, "is a regular")
    assert [m.text for m in await play.thread() if m.direction == "note"] == []
    assert [m.text for m in await play.thread(notes=True)][-1] == "is a regular"
    assert len(await play.out()) == 1
