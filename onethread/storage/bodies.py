"""Encrypted webhook bodies and the wrapped keys of their days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.storage.tables import body_keys, webhook_bodies


@dataclass(frozen=True, slots=True)
class NewBody:
    """A body sealed with the key of its day, to be stored."""

    id: UUID
    day: date
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SealedBody:
    """A stored body; `wrapped_key` is None when its day's key is destroyed."""

    day: date
    body: bytes
    wrapped_key: bytes | None


async def keep_key(conn: AsyncConnection, day: date, wrapped: bytes) -> bytes:
    """Keep this key for the day unless there is one; returns the day's key either way."""
    await conn.execute(pg_insert(body_keys).values(day=day, wrapped_key=wrapped).on_conflict_do_nothing())
    found = await conn.execute(select(body_keys.c.wrapped_key).where(body_keys.c.day == day))
    return bytes(found.scalar_one())


async def find_body(conn: AsyncConnection, body_id: UUID) -> SealedBody | None:
    """One sealed body with its key."""
    found = await conn.execute(
        select(webhook_bodies.c.key_day, webhook_bodies.c.body, body_keys.c.wrapped_key)
        .outerjoin(body_keys, body_keys.c.day == webhook_bodies.c.key_day)
        .where(webhook_bodies.c.id == body_id)
    )
    row = found.one_or_none()
    return None if row is None else SealedBody(row.key_day, row.body, row.wrapped_key)


async def destroy_keys(conn: AsyncConnection, *, before: date) -> int:
    """Delete keys of earlier days and every body they sealed."""
    await conn.execute(delete(webhook_bodies).where(webhook_bodies.c.key_day < before))
    gone = await conn.execute(delete(body_keys).where(body_keys.c.day < before))
    return gone.rowcount
