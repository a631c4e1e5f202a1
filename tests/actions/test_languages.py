"""One talk in each language: the order, the day alone, a question about the shop, the order's button."""

import re

import pytest

from .talk import Talk

TALKS = {
    "ro": ("unde e comanda 1042", "Când ajunge?", "cât costă transportul", "12,90 $"),
    "ru": ("где заказ 1042", "А когда придёт?", "сколько стоит доставка", "12,90 $"),
    "zh": ("1042 到哪里了", "什么时候到？", "运费多少钱", "12.90 美元"),
}
WORDS = {"ro": "Comanda 1042", "ru": "Заказ 1042", "zh": "订单 1042"}


@pytest.mark.parametrize("language", TALKS)
async def test_a_talk_stays_in_its_language(sms: Talk, language: str) -> None:
    where, when, costs, price = TALKS[language]
    sms.language = language
    told = await sms.say(where, "order_status", entities={"order_number": "1042"})
    assert told.keys == ["utter_order_shipped"]
    assert told.text.startswith(WORDS[language])
    assert re.search("January|March|November|Monday", told.text) is None
    assert (await sms.say(when, "delivery_info")).keys == ["utter_arrival_by"]
    assert price in (await sms.say(costs, "delivery_info")).text


@pytest.mark.parametrize("language", TALKS)
async def test_guesses_are_offered_in_the_language(sms: Talk, language: str) -> None:
    sms.language = language
    told = await sms.say("blorp", "nlu_fallback", ranking=("invoice", "return_item"))
    assert told.keys == ["utter_clarify"]
    assert any("A" <= sign <= "z" for one in told.buttons for sign in one["title"]) == (language == "ro")
    assert len(told.buttons) == 3
