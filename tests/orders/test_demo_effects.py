from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg
import pytest

from onethread.orders import OrderState
from onethread.orders.demo_effects import DemoShopEffects
from onethread.orders.demo_shop import DemoShop
from onethread.orders.seed import seed


@pytest.fixture
async def effects(database_url: str) -> AsyncIterator[DemoShopEffects]:
    seed(database_url, datetime.now(UTC).date())
    effects = DemoShopEffects(database_url)
    yield effects
    await effects.close()


async def state_of(database_url: str, number: str) -> OrderState:
    shop = DemoShop(database_url)
    order = await shop.by_number(number)
    await shop.close()
    assert order is not None
    return order.state


async def test_an_order_still_in_the_house_is_cancelled(effects: DemoShopEffects, database_url: str) -> None:
    assert await effects.apply("turn-1", "cancel_order", "1063", "") is True
    assert await state_of(database_url, "1063") is OrderState.CANCELLED


async def test_the_same_key_again_gives_the_same_answer_and_one_effect(
    effects: DemoShopEffects, database_url: str
) -> None:
    assert await effects.apply("turn-1", "cancel_order", "1063", "") is True
    assert await effects.apply("turn-1", "cancel_order", "1063", "") is True
    assert await effects.apply("turn-2", "cancel_order", "1063", "") is False
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("select key, granted from shop.requests order by key").fetchall()
    assert rows == [("turn-1", True), ("turn-2", False)]


@pytest.mark.parametrize(
    ("effect", "order", "granted"),
    [
        ("cancel_order", "1042", False),
        ("return_item", "1017", True),
        ("return_item", "1042", False),
        ("change_order", "1063", True),
        ("send_invoice", "1042", True),
        ("send_invoice", "999999", False),
        ("burn_order", "1063", False),
    ],
)
async def test_the_shop_grants_what_its_rules_allow(
    effects: DemoShopEffects, effect: str, order: str, granted: bool
) -> None:
    assert await effects.apply("key", effect, order, "note") is granted
