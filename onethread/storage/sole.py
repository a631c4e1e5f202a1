"""Lets exactly one process of all do something, for as long as its connection to Postgres lives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy.ext.asyncio import AsyncEngine

StillMine = Callable[[], Awaitable[bool]]


@asynccontextmanager
async def sole(engine: AsyncEngine, what: str) -> AsyncIterator[StillMine | None]:
    """None: another process has `what`. Else a question to ask before each step that others must not take.

    Held by a connection of its own. Raises `psycopg.OperationalError` when Postgres is away.
    """
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await psycopg.AsyncConnection.connect(
        url, autocommit=True, connect_timeout=5, application_name="onethread sole"
    )
    async with connection:
        found = await connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", (what,))
        row = await found.fetchone()

        async def still_mine() -> bool:
            try:
                await connection.execute("select 1")
            except psycopg.OperationalError:
                return False
            return True

        yield still_mine if row and row[0] else None
