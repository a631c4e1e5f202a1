"""Lets exactly one process of all do something, for as long as its connection to Postgres lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

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


async def whenever_sole(
    engine: AsyncEngine, what: str, work: Callable[[StillMine], Awaitable[None]], *, turn_s: float
) -> None:
    """Until cancelled: `work` while this process has `what`; asks for it every `turn_s` seconds.

    `work` should return when it is no longer ours. Postgres may go and come back.
    """
    while True:
        with suppress(psycopg.OperationalError):
            async with sole(engine, what) as mine:
                if mine is not None:
                    await work(mine)
        await asyncio.sleep(turn_s)
