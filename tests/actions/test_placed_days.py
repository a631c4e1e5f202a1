"""A day in a message: the order placed on it is meant, and a wished one is told back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from actions.dependencies import dependencies, provide
from onethread.orders.demo_shop import DemoShop
from onethread.orders.seed import seed

from .conftest import serve
from .talk import Reply, Talk

TODAY = date(2026, 11, 18)
"""A Wednesday. The demo phone's orders were placed on October 29 (1017), November 15 (1042) and 17 (1063)."""
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC).timestamp()


@pytest.fixture
async def server(database_url: str) -> AsyncIterator[str]:
    seed(database_url, TODAY)
    async for url in serve(DemoShop(database_url)):
        yield url


@pytest.fixture
def sms(client: httpx.AsyncClient) -> Talk:
    return Talk(client, phone="+15551230001", now=NOON)


async def ask(talk: Talk, text: str, *days: str, language: str = "en") -> Reply:
    talk.language = talk.slots["language"] = language
    return await talk.say(text.format(*days), "order_status", entities={"date": days[0]} if days else {})


@pytest.mark.parametrize(
    ("text", "day", "language"),
    [
        ("where is the order I placed {}", "yesterday", "en"),
        ("what about {}'s order", "yesterday", "en"),
        ("unde e comanda de {}", "ieri", "ro"),
        ("am comandat {} si nu stiu nimic", "ieri", "ro"),
        ("где заказ, который я сделал, оформил {}", "вчера", "ru"),
        ("где мой {} заказ", "вчерашний", "ru"),
        ("我{}下的单到哪了", "昨天", "zh"),
    ],
)
async def test_the_order_of_the_day_it_was_placed_on_is_meant(
    sms: Talk, text: str, day: str, language: str
) -> None:
    reply = await ask(sms, text, day, language=language)
    assert reply.keys == ["utter_order_paid"]
    assert sms.slots["order_number"] == "1063"


async def test_a_date_means_the_order_of_that_day(sms: Talk) -> None:
    assert (await ask(sms, "I bought it on {}", "29 October")).keys == ["utter_order_delivered"]
    assert sms.slots["order_number"] == "1017"
    reply = await ask(sms, "when will the one I bought on {} arrive?", "sunday")
    assert reply.keys == ["utter_order_shipped"]
    assert sms.slots["order_number"] == "1042", "not the one talked about before"


async def test_the_day_of_another_thing_chooses_no_order(sms: Talk) -> None:
    reply = await ask(sms, "where is my parcel, it should have come {}", "yesterday")
    assert reply.keys == ["utter_choose_order"]


async def test_a_day_without_an_order_chooses_none(sms: Talk) -> None:
    reply = await ask(sms, "where is the order I placed on {}", "9 November")
    assert reply.keys == ["utter_choose_order"]


async def test_of_several_orders_of_those_days_one_is_chosen(sms: Talk) -> None:
    reply = await ask(sms, "where is what I ordered in {}", "November 2026")
    assert reply.keys == ["utter_choose_order"]
    assert [button["title"][:4] for button in reply.buttons] == ["1063", "1042"]


@pytest.mark.parametrize("intent", ["give_details", "nlu_fallback"])
async def test_which_order_may_be_answered_with_a_day(sms: Talk, intent: str) -> None:
    assert (await ask(sms, "where is my order")).keys == ["utter_choose_order"]
    reply = await sms.say("the one from tuesday", intent, entities={"date": "tuesday"})
    assert reply.keys == ["utter_order_paid"]


@pytest.mark.parametrize("text", ["the one from {}", "it should have come {}"])
async def test_a_day_without_an_order_or_of_another_thing_answers_nothing(sms: Talk, text: str) -> None:
    await ask(sms, "where is my order")
    day = "monday" if "one" in text else "yesterday"
    reply = await sms.say(text.format(day), "give_details", entities={"date": day})
    assert reply.keys == ["utter_details_missing"]


async def test_a_stranger_learns_nothing_by_telling_a_day(web: Talk) -> None:
    reply = await ask(web, "where is the order I placed {}", "yesterday")
    assert reply.keys == ["utter_ask_order"]


async def wish(talk: Talk, text: str, day: str, language: str = "en") -> Reply:
    await talk.say("change order 1063", "change_order")
    talk.language = talk.slots["language"] = language
    return await talk.say(text.format(day), "give_details", entities={"date": day})


@pytest.mark.parametrize(
    ("text", "day", "language", "told"),
    [
        ("deliver it {} please", "tomorrow", "en", "Thursday, November 19"),
        ("livrati-o {} va rog", "vineri", "ro", "vineri, 20 noiembrie"),
        ("привезите {}", "через неделю", "ru", "25 ноября (ср)"),
        ("请{}送", "下周一", "zh", "11月23日（周一）"),
    ],
)
async def test_a_wished_day_is_told_back_and_goes_to_the_shop_as_a_date(
    sms: Talk, text: str, day: str, language: str, told: str
) -> None:
    reply = await wish(sms, text, day, language)
    assert reply.keys == ["utter_change_asked", "utter_day_understood"]
    assert told in reply.texts[1]
    [asked] = reply.directives
    assert asked["note"].startswith(f"{text.format(day)} [2026-11-")


async def test_a_day_that_can_be_two_is_told_with_both(sms: Talk) -> None:
    reply = await wish(sms, "deliver on {}", "12/3/2026")
    assert reply.keys == ["utter_change_asked", "utter_day_ambiguous"]
    assert "Thursday, December 3, not Thursday, March 12" in reply.texts[1]


@pytest.mark.parametrize("day", ["yesterday", "next week", "in 9 months"])
async def test_what_is_no_wished_day_is_not_told_back(sms: Talk, day: str) -> None:
    reply = await wish(sms, "{}", day)
    assert reply.keys == ["utter_change_asked"]
    assert [asked["note"] for asked in reply.directives] == [day]


async def test_today_is_the_shops(sms: Talk) -> None:
    provide(replace(dependencies(), zone=ZoneInfo("Pacific/Kiritimati")))  # where it is Thursday
    await ask(sms, "where is the order I placed {}", "the day before yesterday")
    assert sms.slots["order_number"] == "1063"
