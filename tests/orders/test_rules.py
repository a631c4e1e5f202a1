from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from onethread.orders import Effect, Money, Order, OrderState, Parcel, Verdict, return_until, verdict

TODAY = date(2026, 3, 31)


def order(state: OrderState, delivered: date | None = None) -> Order:
    parcel = Parcel("BlueVan", "BV1", date(2026, 2, 1), date(2026, 2, 3), delivered)
    return Order(
        number="1",
        state=state,
        state_since=datetime(2026, 2, 1, tzinfo=UTC),
        placed_at=datetime(2026, 2, 1, tzinfo=UTC),
        expected_on=date(2026, 2, 3),
        customer_name="A",
        email="a@example.com",
        phone=None,
        total=Money(Decimal(1), "USD"),
        items=(),
        parcels=(parcel,),
    )


@pytest.mark.parametrize(
    ("effect", "state", "expected"),
    [
        (Effect.CANCEL_ORDER, OrderState.PLACED, Verdict.POSSIBLE),
        (Effect.CANCEL_ORDER, OrderState.PACKED, Verdict.POSSIBLE),
        (Effect.CANCEL_ORDER, OrderState.SHIPPED, Verdict.ON_ITS_WAY),
        (Effect.CANCEL_ORDER, OrderState.DELIVERED, Verdict.DELIVERED),
        (Effect.CANCEL_ORDER, OrderState.CANCELLED, Verdict.CLOSED),
        (Effect.CHANGE_ORDER, OrderState.PAID, Verdict.POSSIBLE),
        (Effect.CHANGE_ORDER, OrderState.OUT_FOR_DELIVERY, Verdict.ON_ITS_WAY),
        (Effect.RETURN_ITEM, OrderState.PAID, Verdict.NOT_DELIVERED),
        (Effect.RETURN_ITEM, OrderState.REFUNDED, Verdict.CLOSED),
        (Effect.SEND_INVOICE, OrderState.PAYMENT_FAILED, Verdict.NOT_PAID),
        (Effect.SEND_INVOICE, OrderState.REFUNDED, Verdict.POSSIBLE),
    ],
)
def test_what_is_possible_depends_on_the_state(effect: Effect, state: OrderState, expected: Verdict) -> None:
    assert verdict(effect, order(state), TODAY) is expected


def test_an_item_may_come_back_on_the_thirtieth_day_and_not_on_the_next() -> None:
    on_the_last_day = order(OrderState.DELIVERED, delivered=date(2026, 3, 1))
    a_day_late = order(OrderState.DELIVERED, delivered=date(2026, 2, 28))
    assert return_until(on_the_last_day) == TODAY
    assert verdict(Effect.RETURN_ITEM, on_the_last_day, TODAY) is Verdict.POSSIBLE
    assert verdict(Effect.RETURN_ITEM, a_day_late, TODAY) is Verdict.TOO_LATE
