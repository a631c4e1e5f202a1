"""Runs constant SQL through psycopg itself: for the statements of every turn.

A small statement costs this process 0.3 to 1 ms through SQLAlchemy and a tenth of that here (ADR 0021). The
connection, its pool and the transaction stay SQLAlchemy's: what runs here is committed or rolled back with
everything else of the same `AsyncConnection`. On an engine a statement is a transaction of its own, in one
trip. psycopg prepares what a connection runs often.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import AsyncRowFactory, class_row, tuple_row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn

Row = tuple[Any, ...]
Where = AsyncConnection | AsyncEngine
"""A transaction; or an engine, on which the statement is committed when it returns."""


async def fetch(where: Where, query: LiteralString, values: Mapping[str, object]) -> list[Row]:
    """Every row of a statement, as a tuple.

    Raises:
        DBAPIError: SQLAlchemy's word for psycopg's error (`orig`), without the values.
    """
    if isinstance(where, AsyncEngine):
        return await _run_alone(where, query, values)
    return await _run(where, tuple_row, query, values)


async def fetch_as[Kind](
    conn: AsyncConnection, kind: type[Kind], query: LiteralString, values: Mapping[str, object]
) -> list[Kind]:
    """Every row as one of `kind`, whose fields are named like the columns; raises as `fetch` does."""
    return await _run(conn, class_row(kind), query, values)


async def _run[Kind](
    conn: AsyncConnection, rows: AsyncRowFactory[Kind], query: LiteralString, values: Mapping[str, object]
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
        raise _said(error) from error


async def _run_alone(engine: AsyncEngine, query: LiteralString, values: Mapping[str, object]) -> list[Row]:
    """Without BEGIN and COMMIT: Postgres commits before it answers. Never tried twice."""
    try:
        held: PoolProxiedConnection = await greenlet_spawn(engine.sync_engine.raw_connection)
    except psycopg.Error as error:
        raise _said(error) from error
    try:
        connection = _psycopg(held.driver_connection)
        try:
            await connection.set_autocommit(True)
            async with connection.cursor() as cursor:
                await cursor.execute(query, values)
                return await cursor.fetchall()
        except psycopg.Error as error:
            raise _said(error) from error
        finally:
            if connection.info.transaction_status is TransactionStatus.IDLE:
                await connection.set_autocommit(False)
            else:
                await greenlet_spawn(held.invalidate)
    finally:
        await greenlet_spawn(held.close)


def _driver_of(conn: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """The psycopg connection below, in SQLAlchemy's transaction, which begins here if it has not."""
    held = conn.sync_connection
    if held is None or held.invalidated:
        raise _said(psycopg.OperationalError("the connection was lost"))
    if not held.in_transaction():
        held.begin()
    return _psycopg(held.connection.driver_connection)


def _psycopg(connection: object) -> psycopg.AsyncConnection[Any]:
    if not isinstance(connection, psycopg.AsyncConnection):
        raise TypeError("only psycopg is spoken here")
    return connection


def _said(error: psycopg.Error) -> BaseException:
    """What SQLAlchemy would raise for it, so that callers need to know of one kind of errors."""
    return DBAPIError.instance(None, None, error, psycopg.Error)
