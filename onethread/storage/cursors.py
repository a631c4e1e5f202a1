"""How far a job has come with an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.storage.tables import cursors


async def begin_at(conn: AsyncConnection, connector: str, account: str, job: str, at: datetime) -> datetime:
    """Where the job stands; `at`, and kept as that, when it never ran before."""
    await conn.execute(
        pg_insert(cursors)
        .values(connector=connector, account=account, job=job, at=at)
        .on_conflict_do_nothing()
    )
    found = await conn.execute(select(cursors.c.at).where(_is(connector, account, job)))
    stands: datetime = found.scalar_one()
    return stands


async def move(conn: AsyncConnection, connector: str, account: str, job: str, to: datetime) -> None:
    """Everything before `to` is done; a cursor never goes back."""
    await conn.execute(update(cursors).where(_is(connector, account, job), cursors.c.at < to).values(at=to))


def _is(connector: str, account: str, job: str) -> ColumnElement[bool]:
    return and_(cursors.c.connector == connector, cursors.c.account == account, cursors.c.job == job)
