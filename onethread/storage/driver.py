"""Runs constant SQL through psycopg itself: for the statements of every turn.

A small statement costs this process 0.3 to 1 ms through SQLAlchemy and a tenth of that here (ADR 0021). The
connection, its pool and the transaction stay SQLAlchemy's: what runs here is committed or rolled back with
everything else of the same `AsyncConnection`. psycopg prepares what a connection runs often.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg
from psycopg.rows import RowFactory, class_row, tuple_row
from sqlalchemy.ext.asyncio import AsyncConnection

Row = tuple[Any, ...]


async def fetch(conn: AsyncConnection, query: LiteralString, values: Mapping[str, object]) -> list[Row]:
    """Every row of a statement, as a tuple.

    Raises:
        psycopg.Error: as psycopg has it; those that mean the database is away are among `engine.AWAY`.
    """
    return await _run(conn, tuple_row, query, values)


async def fetch_as[Kind](
    conn: AsyncConnection, kind: type[Kind], query: LiteralString, values: Mapping[str, object]
) -> list[Kind]:
    """Every row as one of `kind`, whose fields are named like the columns; raises as `fetch` does."""
    return await _run(conn, class_row(kind), query, values)


async def _run[Kind](
    conn: AsyncConnection, rows: RowFactory[Kind], query: LiteralString, values: Mapping[str, object]
) -> list[Kind]:
    connection = _driver_of(conn)
    try:
        async with connection.cursor(row_factory=rows) as cursor:
            await cursor.execute(query, values)
            return await cursor.fetchall()
    except psycopg.Error as error:
        if connection.closed:
            # SQLAlchemy has not seen it fail and would hand it out again.
            await conn.invalidate(error)
        raise


def _driver_of(conn: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """The psycopg connection below, in SQLAlchemy's transaction, which begins here if it has not."""
    held = conn.sync_connection
    if held is None or held.invalidated:
        raise psycopg.OperationalError("the connection was lost")
    if not held.in_transaction():
        held.begin()
    driver = held.connection.driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        raise TypeError("only psycopg is spoken here")
    return driver
