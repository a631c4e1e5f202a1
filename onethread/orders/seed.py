"""Fill the demo shop: the same customers and orders every time, with dates relative to today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import psycopg
from psycopg.sql import SQL, Identifier

from .demo_data import ShopData, make_shop


def seed(database_url: str, today: date | None = None) -> bool:
    """Fill an empty shop, or move the dates of a filled one so that they are relative to `today` (UTC) again.

    True when it was empty. Safe to run by several processes at once and again at any time: rows somebody
    changed keep their change, only their dates move. Raises `psycopg.Error` when the schema is not migrated.
    """
    today = today or datetime.now(UTC).date()
    with psycopg.connect(database_url, autocommit=False) as connection:
        connection.execute("select pg_advisory_xact_lock(hashtext('onethread shop seeding'))")
        row = connection.execute("select anchor from shop.seeding").fetchone()
        if row is None:
            _fill(connection, make_shop(today))
            connection.execute("insert into shop.seeding (one, anchor) values (1, %s)", (today,))
            return True
        anchor: date = row[0]
        if anchor != today:
            _move(connection, (today - anchor).days)
            connection.execute("update shop.seeding set anchor = %s", (today,))
        return False


def _fill(connection: psycopg.Connection, shop: ShopData) -> None:
    _copy(connection, "customers", ("id", "name", "email", "phone"), shop.customers)
    _copy(
        connection,
        "orders",
        ("number", "customer_id", "state", "state_since", "placed_at", "expected_on", "total", "currency"),
        shop.orders,
    )
    _copy(connection, "items", ("order_number", "line", "sku", "title", "quantity", "price"), shop.items)
    _copy(
        connection,
        "parcels",
        ("tracking_number", "order_number", "carrier", "shipped_on", "expected_on", "delivered_on"),
        shop.parcels,
    )


def _copy(
    connection: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    statement = SQL("copy {} ({}) from stdin").format(
        Identifier("shop", table), SQL(", ").join(map(Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _move(connection: psycopg.Connection, days: int) -> None:
    connection.execute(
        "update shop.orders set state_since = state_since + make_interval(days => %(days)s),"
        " placed_at = placed_at + make_interval(days => %(days)s), expected_on = expected_on + %(days)s",
        {"days": days},
    )
    connection.execute(
        "update shop.parcels set shipped_on = shipped_on + %(days)s, expected_on = expected_on + %(days)s,"
        " delivered_on = delivered_on + %(days)s",
        {"days": days},
    )
