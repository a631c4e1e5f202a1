"""How an order is put into words: the response that fits its state, and the values it speaks of. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import assert_never

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from onethread.orders import Item, Money, Order, OrderState, return_until

_DAYS = {"en": "EEEE, MMMM d", "ro": "EEEE, d MMMM", "ru": "d MMMM (EEE)", "zh": "M月d日（EEE）"}
"""Russian declines the day of the week, so it stands apart."""
_DAYS_OF_A_YEAR = {
    "en": "EEEE, MMMM d, y",
    "ro": "EEEE, d MMMM y",
    "ru": "d MMMM y 'г'. (EEE)",
    "zh": "y年M月d日（EEE）",
}
_SHORT_DAYS = {"en": "d MMM", "ro": "d MMM", "ru": "d MMM", "zh": "M月d日"}
_SOON = {
    "en": ("today, {}", "tomorrow, {}"),
    "ro": ("astăzi, {}", "mâine, {}"),
    "ru": ("сегодня, {}", "завтра, {}"),
    "zh": ("今天，{}", "明天，{}"),
}
_BETWEEN = {"zh": "、"}
_CODE_BEFORE = re.compile(r"[A-Z](?=[0-9])")
_ITEMS_MAX = 4
TITLE_MAX = 20
"""Characters of a button's title."""


def state_response(order: Order, today: date) -> str:
    """The response that tells where the order is, without promising a day that has passed."""
    tracked, late = bool(order.parcels), eta(order) < today
    match order.state:
        case OrderState.PAID | OrderState.PACKED:
            return "utter_order_late" if late else f"utter_order_{order.state}"
        case OrderState.SHIPPED | OrderState.DELAYED | OrderState.OUT_FOR_DELIVERY:
            if not tracked:
                return "utter_order_shipped_untracked"
            return "utter_order_overdue" if late else f"utter_order_{order.state}"
        case OrderState.LOST:
            return "utter_order_lost" if tracked else "utter_order_late"
        case OrderState.DELIVERED:
            return "utter_order_delivered" if tracked else "utter_order_delivered_untracked"
        case (
            OrderState.PLACED
            | OrderState.PAYMENT_FAILED
            | OrderState.CANCELLED
            | OrderState.RETURNED
            | OrderState.REFUNDED
        ):
            return f"utter_order_{order.state}"
        case _:
            assert_never(order.state)


def arrival_response(order: Order, today: date) -> str:
    """The short response that tells no more than the day; the whole state where a day alone would mislead."""
    match state_response(order, today):
        case "utter_order_paid" | "utter_order_packed":
            return "utter_arrival_by"
        case "utter_order_shipped" | "utter_order_shipped_untracked":
            return "utter_arrival_by"
        case "utter_order_delayed":
            return "utter_arrival_delayed"
        case "utter_order_out_for_delivery":
            return "utter_arrival_today"
        case "utter_order_delivered" | "utter_order_delivered_untracked":
            return "utter_arrival_was"
        case whole:
            return whole


OFFERS_PERSON = frozenset(
    {
        "utter_order_late",
        "utter_order_overdue",
        "utter_order_lost",
        "utter_return_too_late",
        "utter_refund_none",
    }
)
"""Responses that end by offering a person."""


def eta(order: Order) -> date:
    """The day it should be there."""
    return max((parcel.expected_on for parcel in order.parcels), default=order.expected_on)


def values(order: Order, language: str, today: date) -> dict[str, str]:
    """Every variable an order's responses may use, in the form of the language."""
    first = order.parcels[0] if order.parcels else None
    delivered = [parcel.delivered_on for parcel in order.parcels if parcel.delivered_on is not None]
    since = max(delivered) if order.state is OrderState.DELIVERED and delivered else order.state_since.date()
    return {
        "order_number": order.number,
        "items": _items(order.items, language),
        "total": money(order.total, language),
        "date": day(since, language, today),
        "eta": coming_day(eta(order), language, today),
        "until": day(return_until(order), language, today),
        "carrier": first.carrier if first else "",
        "tracking_number": ", ".join(parcel.tracking_number for parcel in order.parcels),
    }


def day(when: date, language: str, today: date | None = None) -> str:
    """Weekday, day and month as people write them, with the year when it is not that of `today`."""
    this_year = today is None or when.year == today.year
    return _day(when, _DAYS if this_year else _DAYS_OF_A_YEAR, language)


def coming_day(when: date, language: str, today: date) -> str:
    """A day to come; of today and tomorrow it says so. Past days stay days."""
    away = (when - today).days
    told = day(when, language, today)
    return _SOON[_known(language)][away].format(told) if away in {0, 1} else told


def money(amount: Money, language: str) -> str:
    """An amount with its currency."""
    written = _plain(format_currency(amount.amount, amount.currency, locale=_known(language)))
    return _CODE_BEFORE.sub(r"\g<0> ", written)  # Babel leaves out the space of the standard (CLDR)


def button_title(order: Order, language: str) -> str:
    """Number and day of an order, short enough for any channel's button."""
    return f"{order.number} ({_day(order.placed_at.date(), _SHORT_DAYS, language)})"[:TITLE_MAX]


def _day(when: date, patterns: Mapping[str, str], language: str) -> str:
    language = _known(language)
    return _plain(format_date(when, patterns[language], locale=language))


def _items(items: tuple[Item, ...], language: str) -> str:
    named = [
        item.title if item.quantity == 1 else f"{_number(item.quantity, language)} x {item.title}"
        for item in items[:_ITEMS_MAX]
    ]
    if len(items) > _ITEMS_MAX:
        named.append(f"+{len(items) - _ITEMS_MAX}")
    return _BETWEEN.get(language, ", ").join(named)


def _number(number: int, language: str) -> str:
    return _plain(format_decimal(number, locale=_known(language)))


def _known(language: str) -> str:
    """The language, or English, which is what everybody else is written to in."""
    return language if language in _DAYS else "en"


def _plain(text: str) -> str:
    """Without the no-break spaces that would double the price of an SMS."""
    return text.replace("\xa0", " ").replace("\u202f", " ")
