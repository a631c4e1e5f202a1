"""Wakes a loop when Postgres says there is work; a slow poll must stand behind it."""

from __future__ import annotations

import asyncio

import psycopg
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncEngine

_PAUSE_S = 1.0


async def listen(engine: AsyncEngine, channel: str, *wakes: asyncio.Event) -> None:
    """Set `wakes` at every NOTIFY on `channel`, and once after each (re)connect; until cancelled."""
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(
                url, autocommit=True, connect_timeout=5, application_name="onethread listener"
            )
            async with connection:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                _wake(wakes)
                async for _ in connection.notifies():
                    _wake(wakes)
        except psycopg.OperationalError:
            # Postgres is away: the poll goes on meanwhile, and says so.
            pass
        await asyncio.sleep(_PAUSE_S)


def _wake(wakes: tuple[asyncio.Event, ...]) -> None:
    for wake in wakes:
        wake.set()
