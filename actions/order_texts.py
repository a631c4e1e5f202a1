"""How an order is put into words: the response that fits its state, and the values it speaks of. Pure."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency

from onethread.orders import Item, Money, Order, OrderState, return_until

_DAY_PATTERNS = {"en": "EEEE, MMMM d", "de": "EEEE, d. MMMM"}
_OTHER_PATTERN = "EEEE, d MMMM"
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


def values(order: Order, language: str) -> dict[str, str]:
    """Every variable an order's responses may use, in the form of the language."""
    first = order.parcels[0] if order.parcels else None
    delivered = [parcel.delivered_on for parcel in order.parcels if parcel.delivered_on is not None]
    since = max(delivered) if order.state is OrderState.DELIVERED and delivered else order.state_since.date()
    return {
        "order_number": order.number,
        "items": _items(order.items),
        "total": money(order.total, language),
        "date": day(since, language),
        "eta": day(eta(order), language),
        "until": day(return_until(order), language),
        "carrier": first.carrier if first else "",
        "tracking_number": ", ".join(parcel.tracking_number for parcel in order.parcels),
    }


def day(when: date, language: str) -> str:
    """Weekday, day and month as people write them."""
    pattern = _DAY_PATTERNS.get(language, _OTHER_PATTERN)
    return _plain(format_date(when, pattern, locale=_locale(language)))


def money(amount: Money, language: str) -> str:
    """An amount with its currency."""
    return _plain(format_currency(amount.amount, amount.currency, locale=_locale(language)))


def button_title(order: Order, language: str) -> str:
    """Number and day of an order, short enough for any channel's button."""
    placed = format_date(order.placed_at.date(), "d MMM", locale=_locale(language))
    return _plain(f"{order.number} ({placed})")[:TITLE_MAX]


def _items(items: tuple[Item, ...]) -> str:
    named = [
        item.title if item.quantity == 1 else f"{item.quantity} x {item.title}" for item in items[:_ITEMS_MAX]
    ]
    if len(items) > _ITEMS_MAX:
        named.append(f"+{len(items) - _ITEMS_MAX}")
    return ", ".join(named)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def _plain(text: str) -> str:
    """Without the no-break spaces that would double the price of an SMS."""
    return text.replace("\xa0", " ").replace("\u202f", " ")
