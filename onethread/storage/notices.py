"""What platforms said that is nobody's message: about the account, or unreadable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.storage.tables import inbox


@dataclass(frozen=True, slots=True)
class Notice:
    """`subject` is the platform's own name of the event; `error` says why it could not be read."""

    id: int
    connector: str
    account: str
    subject: str
    text: str
    received_at: datetime
    error: str | None


async def list_notices(conn: AsyncConnection, limit: int = 100) -> list[Notice]:
    """The latest, newest first."""
    found = await conn.execute(
        select(
            inbox.c.id,
            inbox.c.connector,
            inbox.c.account,
            func.coalesce(inbox.c.content["subject"].astext, "").label("subject"),
            inbox.c.text,
            inbox.c.received_at,
            inbox.c.error,
        )
        .where(inbox.c.address_key == "")
        .order_by(inbox.c.id.desc())
        .limit(limit)
    )
    return [Notice(**row._mapping) for row in found]
