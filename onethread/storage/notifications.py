"""Wakes a loop when Postgres says there is work; a slow poll must stand behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import psycopg
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncEngine

_PAUSE_S = 1.0


async def listen(engine: AsyncEngine, wakes: Mapping[str, asyncio.Event]) -> None:
    """Set the event of a channel at every NOTIFY there, and each after a (re)connect; until cancelled."""
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(
                url, autocommit=True, connect_timeout=5, application_name="onethread listener"
            )
            async with connection:
                for channel, wake in wakes.items():
                    await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                    wake.set()
                async for word in connection.notifies():
                    wakes[word.channel].set()
        except psycopg.OperationalError:
            # Postgres is away: the poll goes on meanwhile, and says so.
            pass
        await asyncio.sleep(_PAUSE_S)
