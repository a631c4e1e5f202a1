"""What is said around a turn: the disclosure, the warning, the refusal, and what the shop answers."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.contract import Capabilities
from onethread.cli.worker import talk_of
from onethread.conversations.effects import carry_out_next
from tests.fakes.connector import FakeConnector
from tests.fakes.house import Stage, stage
from tests.fakes.rasa import answer, echo

HELLO = "Hi, this is the automated assistant of Brindle and Fern."


async def two_bubbles(request: dict[str, Any]) -> dict[str, Any]:
    return answer(request, "one", "two")


async def test_people_are_told_once_a_session_that_a_machine_answers(play: Stage) -> None:
    assert await play.turn("a") == [f"{HELLO}\n\nack a"]
    assert await play.turn("b") == ["ack b"]
    await play.run("update turns set finished_at = now() - interval '25 hours'")
    await play.run("update addresses set disclosed_at = now() - interval '25 hours'")
    assert await play.turn("c") == [f"{HELLO}\n\nack c"]
    assert play.rasa.seen[-1]["session"] == "start"
    assert play.rasa.seen[-1]["window"]["turns"] == []


async def test_each_address_of_a_customer_is_told(play: Stage) -> None:
    await play.turn("a")
    customer = await play.customer()
    await play.customer("second")
    await play.run("update addresses set customer_id = :c where key = 'second'", c=customer)
    await play.receive("b", sender="second")
    await play.lanes.work(customer)
    assert await play.out("second") == [f"{HELLO}\n\nack b"]


async def test_bubbles_stay_bubbles_unless_they_cost(play: Stage, database_url: str, redis_url: str) -> None:
    play.rasa.answer = two_bubbles
    assert await play.turn("hi") == [f"{HELLO}\n\none", "two"]
    door = FakeConnector(key="paid", capabilities=Capabilities(text_max=1600, merge_bubbles=True))
    async with stage(database_url, redis_url, door=door) as paid:
        paid.rasa.answer = two_bubbles
        assert await paid.turn("hi", sender="+1") == [f"{HELLO}\n\none\n\ntwo"]


async def test_a_card_number_is_masked_before_rasa_and_warned_of(play: Stage) -> None:
    told = await play.turn("my card 4111 1111 1111 1111")
    assert play.rasa.texts() == ["my card •••• •••• •••• 1111"]
    assert "removed what looked like a card number" in told[-1]
    (turn,) = await play.rows("select events::text as events from turns")
    assert "4111 1111" not in turn.events and "1111" in turn.events


async def test_a_picture_is_refused_politely_and_a_reaction_not_at_all(play: Stage) -> None:
    (told,) = await play.turn("", kind="media")
    assert told.endswith("Could you write it in words?")
    assert await play.turn("👍", kind="reaction") == []
    assert play.rasa.seen == []
    assert {row.status for row in await play.inbox()} == {"done"}


async def test_a_very_long_message_is_cut_for_rasa_and_kept_in_the_thread(play: Stage) -> None:
    text = "word " * 2_000
    await play.turn(text)
    assert len(play.rasa.texts()[0]) == 1_000
    assert (await play.thread())[0].text == text


async def test_the_language_a_turn_chose_is_the_next_turns(play: Stage) -> None:
    async def chooses(request: dict[str, Any]) -> dict[str, Any]:
        return answer(request, "ok", directives=[{"type": "language.chosen", "language": "ro"}])

    play.rasa.answer = chooses
    await play.turn("salut")
    await play.turn("buna")
    languages = [seen["message"]["metadata"]["onethread"]["language"] for seen in play.rasa.seen]
    assert languages == [None, "ro"]


async def test_a_language_asked_for_in_words_is_spoken_at_once_and_kept(play: Stage) -> None:
    (told,) = await play.turn("На русском, пожалуйста")
    assert told.startswith("Здравствуйте! Это автоматический помощник")
    assert told.endswith("Конечно, продолжим на русском. Чем могу помочь?")
    assert play.rasa.seen == []
    await play.turn("где мой заказ")
    await play.turn("In English please, where is it?")
    languages = [seen["message"]["metadata"]["onethread"]["language"] for seen in play.rasa.seen]
    assert languages == ["ru", "en"]
    assert play.rasa.texts()[-1] == "In English please, where is it?"


async def cancels(request: dict[str, Any]) -> dict[str, Any]:
    asked = {"type": "shop.requested", "effect": "cancel_order", "order": "1063", "note": "too late"}
    return answer(request, "I have asked the shop.", directives=[asked])


async def test_the_shop_is_asked_once_after_the_commit_and_the_result_is_told(play: Stage) -> None:
    play.rasa.answer = cancels
    await play.turn("cancel 1063")
    assert play.shop.asked == []
    talk = talk_of(play.house)
    assert await carry_out_next(play.house.engines.lanes, talk, play.shop) == await play.customer()
    assert await carry_out_next(play.house.engines.lanes, talk, play.shop) is None
    ((key, *rest),) = play.shop.asked
    (turn,) = await play.rows("select id from turns")
    assert (key, rest) == (f"{turn.id}:0", ["cancel_order", "1063", "too late"])
    assert (await play.out())[-1].startswith("Order 1063 is cancelled.")


async def test_a_shop_that_is_down_is_asked_again_with_the_same_key(play: Stage) -> None:
    play.rasa.answer = cancels
    play.shop.down = True
    await play.turn("cancel 1063")
    talk = talk_of(play.house)
    await carry_out_next(play.house.engines.lanes, talk, play.shop)
    assert len(await play.out()) == 1
    play.shop.down, play.shop.yes = False, False
    await play.run("update effects set due_at = now()")
    await carry_out_next(play.house.engines.lanes, talk, play.shop)
    assert len({asked[0] for asked in play.shop.asked}) == 1
    assert "could not cancel order 1063" in (await play.out())[-1]


async def test_a_directive_nobody_knows_fails_the_turn(play: Stage) -> None:
    async def odd(request: dict[str, Any]) -> dict[str, Any]:
        return answer(request, "ok", directives=[{"type": "shop.burn"}])

    play.rasa.answer = odd
    assert await play.turn("hi") == []
    play.rasa.answer = echo
    (row,) = await play.inbox()
    assert "directives not understood" in row.error


@pytest.mark.parametrize("kind", ["location", "form", "order", "unsupported"])
async def test_what_says_nothing_in_words_is_shown_to_people_and_not_to_rasa(play: Stage, kind: str) -> None:
    (told,) = await play.turn("a summary for people", kind=kind)
    assert told.endswith("Could you write it in words?")
    assert play.rasa.texts() == []
    (row,) = await play.rows("select kind, text from messages where direction = 'in'")
    assert (row.kind, row.text) == (kind, "a summary for people")


async def test_what_the_platform_tells_of_a_person_is_not_answered(play: Stage) -> None:
    assert await play.turn("has a new number", kind="system") == []
    assert [row.kind for row in await play.rows("select kind from messages")] == ["system"]


async def test_stopping_marketing_is_written_down_and_stops_no_reply(play: Stage) -> None:
    assert await play.turn("no offers please", kind="system", marketing="stop") == []
    (event,) = await play.rows("select action, source, scope from consent_events")
    assert (event.action, event.source, event.scope) == ("stop", "platform", "marketing")
    assert len(await play.turn("hi")) == 1
    assert len(await play.turn("STOP")) == 1, "a stop of everything is another wish"
