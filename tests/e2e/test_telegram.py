"""A customer on Telegram: updates posted with the secret in, what the fake Telegram received out."""

from __future__ import annotations

import asyncio
import itertools

import httpx
import pytest

from simulator.telegram import FakeTelegram, SentMessage

from .conftest import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]

_people = itertools.count(7_001)


@pytest.fixture
def telegram(stage: Stage) -> FakeTelegram:
    return stage.telegram


@pytest.fixture
def person() -> int:
    return next(_people)


def sent_to(telegram: FakeTelegram, person: int) -> list[SentMessage]:
    return [message for message in telegram.sent if message.chat == person]


async def answers(telegram: FakeTelegram, person: int, count: int) -> list[SentMessage]:
    await telegram.until(lambda: len(sent_to(telegram, person)) >= count, 20.0)
    return sent_to(telegram, person)


async def test_a_question_is_answered_once_with_the_disclosure(
    stage: Stage, telegram: FakeTelegram, person: int
) -> None:
    assert await telegram.send_text(person, "What are your opening hours?") == 200
    (answer, *_) = await answers(telegram, person, 1)
    await stage.house.settled()
    assert "automated" in answer.text.lower()
    assert ("sendChatAction", str(person)) in {
        (method, said.get("chat_id", "")) for method, said in telegram.calls
    }


async def test_the_start_button_is_greeted(stage: Stage, telegram: FakeTelegram, person: int) -> None:
    await telegram.send_text(person, "/start shop")
    await answers(telegram, person, 1)
    await stage.house.settled()
    (row,) = await stage.house.rows("select * from inbox where address_key = %s", str(person))
    assert row["content"]["detail"]["start"] == "shop"
    said = " ".join(message.text for message in sent_to(telegram, person)).lower()
    assert "what can i do for you" in said


async def test_the_same_update_three_times_at_once_is_answered_once(
    stage: Stage, telegram: FakeTelegram, person: int
) -> None:
    request = telegram.text_webhook(person, "What are your opening hours?")
    async with httpx.AsyncClient() as client:
        codes = await asyncio.gather(
            *(client.post(request.url, content=request.body, headers=request.headers) for _ in range(3))
        )
    assert {code.status_code for code in codes} == {200}
    await answers(telegram, person, 1)
    await stage.house.settled()
    first = len(sent_to(telegram, person))
    assert await telegram.post(request) == 200
    await stage.house.settled()
    assert len(sent_to(telegram, person)) == first
    assert len(await stage.house.rows("select 1 from inbox where address_key = %s", str(person))) == 1


async def test_a_wrong_secret_gets_403_and_leaves_no_row(
    stage: Stage, telegram: FakeTelegram, person: int
) -> None:
    request = telegram.text_webhook(person, "hello")
    async with httpx.AsyncClient() as client:
        for secret in ("", "x", telegram.secret_token[:-1]):
            headers = {**request.headers, "X-Telegram-Bot-Api-Secret-Token": secret}
            assert (await client.post(request.url, content=request.body, headers=headers)).status_code == 403
    assert await stage.house.rows("select 1 from inbox where address_key = %s", str(person)) == []


async def test_the_owner_of_an_order_proves_it_with_the_number_that_telegram_attests(
    stage: Stage, telegram: FakeTelegram, person: int
) -> None:
    contact = {"phone_number": "15551230001", "first_name": "Ana", "user_id": person}
    await telegram.send(person, {"contact": contact})
    await stage.house.settled()
    before = len(sent_to(telegram, person))
    await telegram.send_text(person, "Where is my order 1042?")
    told = (await answers(telegram, person, before + 1))[before:]
    assert any("1042" in message.text for message in told)
    (address,) = await stage.house.rows("select phone from addresses where key = %s", str(person))
    assert address["phone"] == "+15551230001"


async def test_a_button_is_a_button_and_its_press_is_answered(
    stage: Stage, telegram: FakeTelegram, person: int
) -> None:
    await telegram.send_text(person, "Are you a bot?")
    await answers(telegram, person, 1)
    await stage.house.settled()
    shown = [message for message in sent_to(telegram, person) if message.buttons]
    assert shown, [message.text for message in sent_to(telegram, person)]
    before = len(sent_to(telegram, person))
    await telegram.press(shown[-1], shown[-1].buttons[-1][0])
    await answers(telegram, person, before + 1)
    await telegram.until(lambda: len(telegram.answered_taps) > 0)


async def test_blocking_the_bot_silences_it_and_start_resumes(
    stage: Stage, telegram: FakeTelegram, person: int
) -> None:
    await telegram.send_text(person, "hello")
    await answers(telegram, person, 1)
    await stage.house.settled()
    silent = len(sent_to(telegram, person))
    assert await telegram.block(person) == 200
    telegram.blocked.discard(person)  # what is silent from here on is the house
    await telegram.send_text(person, "what are your opening hours?")
    await stage.house.settled()
    assert len(sent_to(telegram, person)) == silent
    await telegram.block(person, blocked=False)
    await telegram.send_text(person, "what are your opening hours?")
    await answers(telegram, person, silent + 1)
