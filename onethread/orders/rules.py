"""What the shop's rules allow with an order in its state. Pure; the shop itself decides again when asked."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from .port import Effect, Order, OrderState

RETURN_DAYS = 30
"""Days after delivery in which an item may come back."""

_AT_HOME = {OrderState.PLACED, OrderState.PAYMENT_FAILED, OrderState.PAID, OrderState.PACKED}
_ON_ITS_WAY = {OrderState.SHIPPED, OrderState.DELAYED, OrderState.OUT_FOR_DELIVERY, OrderState.LOST}
_CLOSED = {OrderState.CANCELLED, OrderState.RETURNED, OrderState.REFUNDED}
_UNPAID = {OrderState.PLACED, OrderState.PAYMENT_FAILED}


class Verdict(StrEnum):
    """May it be done, and if not, why not."""

    POSSIBLE = "possible"
    NOT_PAID = "not_paid"
    NOT_DELIVERED = "not_delivered"
    """Too early: it has not arrived."""
    ON_ITS_WAY = "on_its_way"
    DELIVERED = "delivered"
    TOO_LATE = "too_late"
    CLOSED = "closed"
    """Cancelled, returned or refunded."""


def delivered_on(order: Order) -> date:
    """The day the last parcel arrived; for an order without parcels the day of its state."""
    days = [parcel.delivered_on for parcel in order.parcels if parcel.delivered_on is not None]
    return max(days, default=order.state_since.date())


def return_until(order: Order) -> date:
    """The last day on which a delivered order may be returned."""
    return delivered_on(order) + timedelta(days=RETURN_DAYS)


def verdict(effect: Effect, order: Order, today: date) -> Verdict:
    """Whether `effect` is possible with `order` on `today`."""
    state = order.state
    if effect is Effect.SEND_INVOICE:
        # A cancelled order may never have been paid; the shop knows and refuses then.
        return Verdict.NOT_PAID if state in _UNPAID else Verdict.POSSIBLE
    if state in _CLOSED:
        return Verdict.CLOSED
    if effect is Effect.RETURN_ITEM:
        if state is not OrderState.DELIVERED:
            return Verdict.NOT_DELIVERED
        return Verdict.POSSIBLE if today <= return_until(order) else Verdict.TOO_LATE
    if state in _AT_HOME:
        return Verdict.POSSIBLE
    return Verdict.ON_ITS_WAY if state in _ON_ITS_WAY else Verdict.DELIVERED
