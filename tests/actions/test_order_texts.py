"""Numbers, days and money as each language writes them."""

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
