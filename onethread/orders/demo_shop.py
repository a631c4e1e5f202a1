"""The demo shop as an orders port: one statement a question, on a small pool of its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, tzinfo
from decimal import Decimal
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from .port import Item, Money, Order, OrderState, OrdersUnavailable, Parcel

ANSWER_WITHIN_S = 2.0
_POOL_SIZE = 8
_NUMBER = re.compile(r"[1-9][0-9]{0,8}\Z", re.ASCII)  # what fits the shop's integer

_ORDERS: LiteralString = """
select o.number, o.state, o.state_since, o.placed_at, o.expected_on, o.total, o.currency,
       c.name, c.email, c.phone,
       (select jsonb_agg(jsonb_build_array(i.sku, i.title, i.quantity, i.price::text) order by i.line)
          from shop.items i where i.order_number = o.number) as items,
       (select jsonb_agg(jsonb_build_array(p.carrier, p.tracking_number, p.shipped_on, p.expected_on,
                                           p.delivered_on) order by p.shipped_on, p.tracking_number)
          from shop.parcels p where p.order_number = o.number) as parcels
  from shop.orders o join shop.customers c on c.id = o.customer_id
"""
_BY_NUMBER: LiteralString = _ORDERS + " where o.number = %(number)s"
_BY_TRACKING: LiteralString = (
    _ORDERS  # noqa: S608 - literals only, as the type says
    + """ where o.number = (select order_number from shop.parcels
                            where tracking_number = %(tracking)s)"""
)
_RECENT: LiteralString = (
    _ORDERS  # noqa: S608 - literals only, as the type says
    + """ where c.id in (select id from shop.customers
                          where phone = %(phone)s::text or email = %(email)s::text)
     order by o.placed_at desc, o.number desc limit %(limit)s"""
)


class DemoShop:
    """`OrdersPort` on the schema `shop`. The pool opens at the first question, in the asking loop."""

    def __init__(self, database_url: str, zone: tzinfo = UTC) -> None:
        self._url = database_url
        self._zone = zone
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[dict[str, Any]]] | None = None
        self._opening = asyncio.Lock()

    async def by_number(self, number: str) -> Order | None:
        if not _NUMBER.match(number):
            return None
        return next(iter(await self._read(_BY_NUMBER, {"number": int(number)})), None)

    async def by_tracking(self, tracking_number: str) -> Order | None:
        wanted = re.sub(r"\s+", "", tracking_number).upper()
        if not re.fullmatch(r"[A-Z0-9]{6,40}", wanted):
            return None
        return next(iter(await self._read(_BY_TRACKING, {"tracking": wanted})), None)

    async def recent_for(
        self, *, phone: str | None = None, email: str | None = None, limit: int = 5
    ) -> Sequence[Order]:
        if phone is None and email is None:
            return ()
        asked = {"phone": phone, "email": email.lower() if email else None, "limit": limit}
        return await self._read(_RECENT, asked)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _read(self, query: LiteralString, asked: Mapping[str, object]) -> list[Order]:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                pool = await self._opened()
                async with pool.connection() as connection:
                    cursor = await connection.execute(query, asked)
                    return [_order(row, self._zone) for row in await cursor.fetchall()]
        except (TimeoutError, PoolTimeout, psycopg.Error) as error:
            raise OrdersUnavailable(type(error).__name__) from error

    async def _opened(self) -> AsyncConnectionPool[psycopg.AsyncConnection[dict[str, Any]]]:
        async with self._opening:
            if self._pool is None:
                pool = AsyncConnectionPool(
                    self._url,
                    connection_class=psycopg.AsyncConnection[dict[str, Any]],
                    kwargs={
                        "autocommit": True,
                        "row_factory": dict_row,
                        "connect_timeout": 2,
                        "application_name": "onethread orders",
                        "options": f"-c statement_timeout={int(ANSWER_WITHIN_S * 1000)}",
                    },
                    min_size=1,
                    max_size=_POOL_SIZE,
                    timeout=ANSWER_WITHIN_S,
                    open=False,
                )
                await pool.open()
                self._pool = pool
            return self._pool


def _order(row: dict[str, Any], zone: tzinfo) -> Order:
    currency = row["currency"]
    return Order(
        number=str(row["number"]),
        state=OrderState(row["state"]),
        state_since=row["state_since"].astimezone(zone),
        placed_at=row["placed_at"].astimezone(zone),
        expected_on=row["expected_on"],
        customer_name=row["name"],
        email=row["email"],
        phone=row["phone"],
        total=Money(row["total"], currency),
        items=tuple(
            Item(sku, title, quantity, Money(Decimal(price), currency))
            for sku, title, quantity, price in row["items"] or ()
        ),
        parcels=tuple(
            Parcel(
                carrier,
                tracking,
                date.fromisoformat(shipped),
                date.fromisoformat(expected),
                date.fromisoformat(delivered) if delivered else None,
            )
            for carrier, tracking, shipped, expected, delivered in row["parcels"] or ()
        ),
    )
