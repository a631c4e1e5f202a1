import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from onethread.orders import OrderState, OrdersUnavailable
from onethread.orders.demo_shop import DemoShop
from onethread.orders.seed import seed

TODAY = datetime.now(UTC).date()


@pytest.fixture
def shop_url(database_url: str) -> str:
    seed(database_url, TODAY)
    return database_url


@pytest.fixture
async def shop(shop_url: str) -> AsyncIterator[DemoShop]:
    shop = DemoShop(shop_url)
    yield shop
    await shop.close()


async def test_an_order_is_found_whole_by_its_number(shop: DemoShop) -> None:
    order = await shop.by_number("1042")
    assert order is not None
    assert order.state is OrderState.SHIPPED
    assert (order.phone, order.email) == ("+15551230001", "demo@example.com")
    assert len(order.items) == 2
    assert len(order.parcels) == 1
    assert order.total.amount == sum(item.price.amount * item.quantity for item in order.items)


@pytest.mark.parametrize("number", ["", "0", "999", "99999999999999", "１０４２", "-1042"])
async def test_a_number_nobody_has_finds_nothing(shop: DemoShop, number: str) -> None:
    assert await shop.by_number(number) is None


async def test_an_order_is_found_by_its_tracking_number_however_it_is_written(shop: DemoShop) -> None:
    order = await shop.by_number("1042")
    assert order is not None
    tracking = order.parcels[0].tracking_number
    assert await shop.by_tracking(f" {tracking[:4].lower()} {tracking[4:]} ") == order
    assert await shop.by_tracking("XX0000000000") is None


async def test_recent_orders_are_the_phones_own_newest_first(shop: DemoShop) -> None:
    orders = await shop.recent_for(phone="+15551230001")
    assert [order.number for order in orders] == ["1063", "1042", "1017"]
    assert [order.number for order in await shop.recent_for(phone="+15551230001", limit=1)] == ["1063"]
    assert await shop.recent_for(email="DEMO@example.com") == orders


async def test_moments_are_told_in_the_shops_time_zone(shop_url: str) -> None:
    west = DemoShop(shop_url, ZoneInfo("America/New_York"))
    order = await west.by_number("1063")
    await west.close()
    assert order is not None
    assert order.placed_at.date() == TODAY - timedelta(days=2), "half past midnight UTC is the evening before"


async def test_nobody_has_no_orders(shop: DemoShop) -> None:
    assert await shop.recent_for() == ()
    assert await shop.recent_for(phone="+15550000000") == []


async def test_a_shop_that_is_down_is_said_to_be_unavailable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        shop = DemoShop(f"postgresql://a:b@127.0.0.1:{nobody.getsockname()[1]}/c")
        with pytest.raises(OrdersUnavailable):
            await shop.by_number("1042")
        await shop.close()


def test_filling_the_shop_again_changes_nothing(shop_url: str) -> None:
    with psycopg.connect(shop_url, autocommit=True) as connection:
        connection.execute("update shop.orders set state = 'cancelled' where number = 1042")
        assert seed(shop_url, TODAY) is False
        row = connection.execute("select state from shop.orders where number = 1042").fetchone()
    assert row == ("cancelled",)


async def test_on_a_later_day_the_dates_have_moved_along(shop: DemoShop, shop_url: str) -> None:
    before = await shop.by_number("1042")
    seed(shop_url, TODAY + timedelta(days=9))
    after = await shop.by_number("1042")
    assert before is not None
    assert after is not None
    assert after.parcels[0].expected_on - before.parcels[0].expected_on == timedelta(days=9)
    assert after.state_since - before.state_since == timedelta(days=9)
