"""Four customers on SMS, four languages: each is answered in the one he writes, the first answer too."""

from __future__ import annotations

import pytest

from .conftest import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.rasa]

DISCLOSED = {
    "en": "this is the automated assistant",
    "ro": "sunt asistentul automat",
    "ru": "Это автоматический помощник",
    "zh": "的智能客服",
}


async def _told(stage: Stage, number: str, *texts: str) -> list[str]:
    """What is answered to these messages, one after another."""
    told = []
    for text in texts:
        before = len(stage.sent_to(number))
        assert await stage.twilio.send_sms(number, text) in {200, 204}
        await stage.wait_for(number, before + 1)
        await stage.house.settled()
        told.append("\n".join(message.body for message in stage.sent_to(number)[before:]))
    return told


async def _language(stage: Stage, number: str) -> tuple[object, object]:
    (row,) = await stage.house.rows(
        "select c.language, c.language_asked from customers c join addresses a on a.customer_id = c.id"
        " where a.key = %s",
        number,
    )
    return row["language"], row["language_asked"]


@pytest.mark.parametrize(
    ("number", "text", "language", "asked_for"),
    [
        ("+15551231101", "Hello, when will my parcel arrive?", "en", "order"),
        ("+15551231102", "buna ziua unde este comanda mea va rog", "ro", "comenzii"),
        ("+15551231103", "Bună ziua, aș vrea să știu unde e coletul", "ro", "comenzii"),
        ("+15551231104", "Здравствуйте, где мой заказ?", "ru", "заказ"),
        ("+15551231105", "gde moi zakaz, kogda on pridet", "ru", "заказ"),
        ("+15551231106", "你好，我的订单到哪里了？", "zh", "订单"),
    ],
)
async def test_the_first_message_is_answered_in_its_language(
    stage: Stage, number: str, text: str, language: str, asked_for: str
) -> None:
    (told,) = await _told(stage, number, text)
    assert DISCLOSED[language] in told
    assert asked_for in told.lower()
    assert await _language(stage, number) == (language, False)


async def test_what_is_unclear_is_answered_in_the_shops_language(stage: Stage) -> None:
    number = "+15551231110"
    told = await _told(stage, number, "1042", "ok")
    assert DISCLOSED["en"] in told[0]
    assert await _language(stage, number) == (None, False)


async def test_a_customer_goes_on_in_another_language_and_asks_for_one(stage: Stage) -> None:
    number = "+15551231111"
    told = await _told(
        stage,
        number,
        "buna ziua, cat costa livrarea la voi?",
        "где находится ваш магазин?",
        "и как я могу оплатить заказ?",
        "in English please",
        "а сколько стоит доставка заказа?",
    )
    assert "livrare" in told[0].lower() or "transport" in told[0].lower()
    assert not _has_cyrillic(told[1]), "one message in another language changes nothing"
    assert _has_cyrillic(told[2])
    assert told[3].startswith("Of course, let us go on in English")
    assert not _has_cyrillic(told[4]), "what was asked for stays"
    assert await _language(stage, number) == ("en", True)


@pytest.mark.parametrize(
    ("number", "word", "confirmed"),
    [
        ("+15551231121", "Dezabonare", "Nu veți mai primi"),
        ("+15551231122", "СТОП", "больше не будет писать"),
        ("+15551231123", "退订", "您将不会再"),
    ],
)
async def test_a_word_that_stops_in_another_language_is_confirmed_by_the_house(
    stage: Stage, number: str, word: str, confirmed: str
) -> None:
    (told,) = await _told(stage, number, word)
    assert confirmed in told
    await stage.twilio.send_sms(number, "hello?")
    await stage.house.settled()
    assert len(stage.sent_to(number)) == 1


def _has_cyrillic(text: str) -> bool:
    return any("а" <= letter <= "я" for letter in text.lower())
