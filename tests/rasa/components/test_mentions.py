"""Dates and amounts of money in a message, each with its place."""

import pytest

from bot.addons.components.mentions import amounts, dates


def placed(search, text):
    return [text[start:end] for start, end in search(text)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("it came on 12.03.2026", "12.03.2026"),
        ("paid 3/28/2026 by card", "3/28/2026"),
        ("since 2026-03-12 nothing", "2026-03-12"),
        ("ordered on March 12th, 2026", "March 12th, 2026"),
        ("deliver on 12 march please", "12 march"),
        ("the 3rd of May", "3rd of May"),
        ("bought it in June 2025", "June 2025"),
        ("where is it, due yesterday", "yesterday"),
        ("can it come next friday?", "next friday"),
        ("two weeks ago", "two weeks ago"),
        ("a couple of days ago", "a couple of days ago"),
        ("in 3 days", "in 3 days"),
        ("the day after tomorrow", "the day after tomorrow"),
        ("livrati pe 12 martie", "12 martie"),
        ("am comandat în 5 mai 2026", "5 mai 2026"),
        ("vine mâine?", "mâine"),
        ("ajunge maine dimineata", "maine"),
        ("săptămâna trecută", "săptămâna trecută"),
        ("acum două săptămâni", "acum două săptămâni"),
        ("abia de luni", "luni"),
        ("veniti vineri", "vineri"),
        ("заказал 12 марта", "12 марта"),
        ("до 12.03 привезёте?", "12.03"),
        ("ждала вчера", "вчера"),
        ("на прошлой неделе", "на прошлой неделе"),
        ("две недели назад", "две недели назад"),
        ("приедет через 3 дня", "через 3 дня"),
        ("привезите в пятницу", "пятницу"),
        ("privezite zavtra", "zavtra"),
        ("3月12日买的", "3月12日"),
        ("2026年3月12号", "2026年3月12号"),
        ("昨天下的单", "昨天"),
        ("上周三付款的", "上周三"),
        ("三天前寄的", "三天前"),
        ("能改到星期五吗", "星期五"),
        ("下個月送", "下個月"),
    ],
)
def test_a_date_is_found_in_each_language(text, date):
    assert placed(dates, text) == [date]


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2026",
        "on 45/45/2026",
        "13月40日",
        "april 31",
        "version 1.2.3",
        "my order 1042",
        "2 luni",
        "i may need 3 of them",
        "call 555-123-0001",
        "",
    ],
)
def test_what_is_no_day_is_no_date(text):
    assert placed(dates, text) == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("you took $20.50 from me", "$20.50"),
        ("1,299.00 usd", "1,299.00 usd"),
        ("it was 45 dollars", "45 dollars"),
        ("over €15", "€15"),
        ("am plătit 1500 de lei", "1500 de lei"),
        ("99,90 lei", "99,90 lei"),
        ("250 RON", "250 RON"),
        ("списали 2500р", "2500р"),
        ("1 500 рублей", "1 500 рублей"),
        ("350 руб. за доставку", "350 руб."),
        ("扣了我100块钱", "100块钱"),
        ("￥59.9", "￥59.9"),
        ("两百元", "两百元"),
    ],
)
def test_an_amount_is_a_number_with_a_currency(text, amount):
    assert placed(amounts, text) == [amount]


@pytest.mark.parametrize("text", ["order 1042", "3 pounds of tea", "20 percent", "p 20", "5 р5", "元旦"])
def test_a_number_without_a_currency_is_no_amount(text):
    assert placed(amounts, text) == []


def test_a_very_long_message_is_read_in_a_moment():
    for text in ("1 " * 20_000, "1." * 20_000, "in a " * 8_000, "one " * 8_000, "三" * 20_000, "$" * 20_000):
        placed(dates, text)
        placed(amounts, text)
