"""The demo shop carries out what it is asked, once per key."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import psycopg
from psycopg.rows import scalar_row

from .demo_shop import ANSWER_WITHIN_S, DemoShop
from .port import Effect, Order, OrdersUnavailable
from .rules import Verdict, verdict


class DemoShopEffects:
    """`ShopEffects` on the schema `shop`; one short connection per effect, for they are rare."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._shop = DemoShop(database_url)

    async def apply(self, key: str, effect: str, order: str, note: str) -> bool:
        if effect not in set(Effect):
            return False
        found = await self._shop.by_number(order)
        if found is None:
            return False
        granted = verdict(Effect(effect), found, datetime.now(UTC).date()) is Verdict.POSSIBLE
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await self._record(key, Effect(effect), found, note, granted)
        except (TimeoutError, psycopg.Error) as error:
            raise OrdersUnavailable(type(error).__name__) from error

    async def close(self) -> None:
        await self._shop.close()

    async def _record(self, key: str, effect: Effect, order: Order, note: str, granted: bool) -> bool:
        number = int(order.number)
        async with await psycopg.AsyncConnection.connect(
            self._url, row_factory=scalar_row, connect_timeout=2, application_name="onethread effects"
        ) as connection:
            # Two jobs for one order wait for each other here.
            state = await (
                await connection.execute(
                    "select state from shop.orders where number = %s for update", (number,)
                )
            ).fetchone()
            if state != order.state:
                raise OrdersUnavailable("the order changed meanwhile")
            new = await (
                await connection.execute(
                    "insert into shop.requests (key, effect, order_number, note, granted)"
                    " values (%s, %s, %s, %s, %s) on conflict (key) do nothing returning key",
                    (key, str(effect), number, note, granted),
                )
            ).fetchone()
            if new is None:
                before = await (
                    await connection.execute("select granted from shop.requests where key = %s", (key,))
                ).fetchone()
                return bool(before)
            if granted and effect is Effect.CANCEL_ORDER:
                await connection.execute(
                    "update shop.orders set state = 'cancelled', state_since = now() where number = %s",
                    (number,),
                )
            return granted
