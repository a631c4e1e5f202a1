from collections import Counter
from datetime import date, timedelta

from onethread.orders.demo_data import make_shop
from onethread.orders.port import OrderState

TODAY = date(2026, 3, 1)


def test_the_same_day_gives_the_same_shop() -> None:
    assert make_shop(TODAY) == make_shop(TODAY)


def test_there_are_enough_customers_and_orders_in_every_state() -> None:
    shop = make_shop(TODAY)
    states = Counter(order[2] for order in shop.orders)
    assert len(shop.customers) >= 300
    assert len(shop.orders) >= 600
    assert set(states) == set(OrderState)
    assert min(states.values()) >= 15


def test_order_1042_is_shipped_with_two_items_and_one_parcel() -> None:
    shop = make_shop(TODAY)
    order = next(order for order in shop.orders if order[0] == 1042)
    owner = next(customer for customer in shop.customers if customer[0] == order[1])
    assert order[2] == "shipped"
    assert owner[2:] == ("demo@example.com", "+15551230001")
    assert len([item for item in shop.items if item[0] == 1042]) == 2
    [parcel] = [parcel for parcel in shop.parcels if parcel[1] == 1042]
    assert parcel[3] < TODAY < parcel[4]


def test_dates_move_with_today() -> None:
    earlier, later = make_shop(TODAY), make_shop(TODAY + timedelta(days=100))
    for one, other in zip(earlier.orders, later.orders, strict=True):
        assert other[5] - one[5] == timedelta(days=100)
        assert other[3] - one[3] == timedelta(days=100)


def test_every_total_is_the_sum_of_its_items() -> None:
    shop = make_shop(TODAY)
    for order in shop.orders:
        assert order[6] == sum(item[4] * item[5] for item in shop.items if item[0] == order[0])


def test_what_left_the_house_has_a_parcel_and_what_did_not_has_none() -> None:
    shop = make_shop(TODAY)
    travelled = {parcel[1] for parcel in shop.parcels}
    at_home = {"placed", "payment_failed", "paid", "packed", "cancelled"}
    for order in shop.orders:
        assert (order[0] in travelled) == (order[2] not in at_home), order


def test_an_order_never_is_in_its_state_before_it_was_placed() -> None:
    assert all(order[4] <= order[3] for order in make_shop(TODAY).orders)
