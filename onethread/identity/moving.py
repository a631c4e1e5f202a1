"""Beside the walk: tries a change of two customers until their lanes are free, each time whole or not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psycopg
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onethread.ids import CustomerId

log = structlog.get_logger()

_PAUSES_S = (0.0, 0.05, 0.2, 0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0)
"""A turn holds its lane up to ten seconds; each try itself waits up to two for a lock."""
_BUSY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


class Moved(Exception):
    """Between looking and locking an address went to another customer: look again."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Whose threads are not what they were."""

    customers: tuple[CustomerId, ...]


async def until_free[Done](engine: AsyncEngine, change: Callable[[AsyncConnection], Awaitable[Done]]) -> Done:
    """Do it in a transaction; again while somebody else holds what it needs.

    Raises OperationalError when that took too long; whoever asked tries again later.
    """
    for pause in _PAUSES_S:
        await asyncio.sleep(pause)
        try:
            async with engine.begin() as conn:
                return await change(conn)
        except Moved:
            continue
        except OperationalError as error:
            if not isinstance(error.orig, _BUSY):
                raise
            log.info("identity.lanes.busy", error=type(error.orig).__name__)
    async with engine.begin() as conn:
        return await change(conn)
