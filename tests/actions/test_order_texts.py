"""Numbers, days and money as each language writes them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from actions.order_texts import TITLE_MAX, button_title, coming_day, day, money, values
from onethread.orders import Item, Money, Order, OrderState

TODAY = date(2026, 11, 22)
TOTAL = Money(Decimal("1234.50"), "USD")
ORDER = Order(
    number="1042",
    state=OrderState.PAID,
    state_since=datetime(2026, 11, 20, 9, tzinfo=UTC),
    placed_at=datetime(2026, 11, 19, 9, tzinfo=UTC),
    expected_on=date(2026, 11, 23),
    customer_name="Ana",
    email="ana@example.com",
    phone=None,
    total=TOTAL,
    items=(Item("MUG-01", "Mug", 2, TOTAL), Item("LMP-01", "Lamp", 1, TOTAL)),
)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Sunday, November 22"),
        ("ro", "duminică, 22 noiembrie"),
        ("ru", "22 ноября (вс)"),
        ("zh", "11月22日（周日）"),
        ("fi", "Sunday, November 22"),
        ("../etc", "Sunday, November 22"),
    ],
)
def test_a_day_is_written_as_the_language_does(language: str, written: str) -> None:
    assert day(TODAY, language) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Wednesday, December 31, 2025"),
        ("ro", "miercuri, 31 decembrie 2025"),
        ("ru", "31 декабря 2025 г. (ср)"),
        ("zh", "2025年12月31日（周三）"),
    ],
)
def test_a_day_of_another_year_tells_the_year(language: str, written: str) -> None:
    assert day(date(2025, 12, 31), language, TODAY) == written
    assert coming_day(date(2025, 12, 31), language, TODAY) == written


@pytest.mark.parametrize(
    ("language", "today", "tomorrow"),
    [
        ("en", "today, Sunday, November 22", "tomorrow, Monday, November 23"),
        ("ro", "astăzi, duminică, 22 noiembrie", "mâine, luni, 23 noiembrie"),
        ("ru", "сегодня, 22 ноября (вс)", "завтра, 23 ноября (пн)"),
        ("zh", "今天，11月22日（周日）", "明天，11月23日（周一）"),
    ],
)
def test_a_day_close_by_is_called_so(language: str, today: str, tomorrow: str) -> None:
    assert coming_day(TODAY, language, TODAY) == today
    assert coming_day(date(2026, 11, 23), language, TODAY) == tomorrow
    for far in (date(2026, 11, 21), date(2026, 11, 24)):
        assert coming_day(far, language, TODAY) == day(far, language)


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "$1,234.50"), ("ro", "1.234,50 USD"), ("ru", "1 234,50 $"), ("zh", "US$1,234.50")],
)
def test_money_is_written_as_the_language_does(language: str, written: str) -> None:
    assert money(TOTAL, language) == written


@pytest.mark.parametrize(
    ("language", "lei", "roubles", "yuan"),
    [
        ("en", "RON 99.90", "RUB 1,990.00", "CN¥88.00"),
        ("ro", "99,90 RON", "1.990,00 RUB", "88,00 CNY"),
        ("ru", "99,90 RON", "1 990,00 ₽", "88,00 CN¥"),
        ("zh", "RON 99.90", "RUB 1,990.00", "¥88.00"),
    ],
)
def test_a_currency_is_named_as_its_readers_know_it(language: str, lei: str, roubles: str, yuan: str) -> None:
    assert money(Money(Decimal("99.90"), "RON"), language) == lei
    assert money(Money(Decimal(1990), "RUB"), language) == roubles
    assert money(Money(Decimal(88), "CNY"), language) == yuan


@pytest.mark.parametrize(
    ("language", "many"), [("en", "1,200"), ("ro", "1.200"), ("ru", "1 200"), ("zh", "1,200")]
)
def test_a_large_number_of_items_is_grouped_as_the_language_does(language: str, many: str) -> None:
    order = replace(ORDER, items=(Item("SCR-01", "Screw", 1_200, TOTAL),))
    assert values(order, language, TODAY)["items"] == f"{many} x Screw"


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "1042 (19 Nov)"), ("ro", "1042 (19 nov.)"), ("ru", "1042 (19 нояб.)"), ("zh", "1042 (11月19日)")],
)
def test_the_button_of_an_order_fits_everywhere(language: str, title: str) -> None:
    assert button_title(ORDER, language) == title
    assert len(title) <= TITLE_MAX


def test_the_values_of_an_order_are_in_one_language() -> None:
    told = values(ORDER, "zh", TODAY)
    assert told["items"] == "2 x Mug、Lamp"
    assert told["eta"] == "明天，11月23日（周一）"
    assert told["date"] == "11月20日（周五）"
