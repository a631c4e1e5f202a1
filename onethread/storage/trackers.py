"""The whole history of a customer as Rasa saw it, with that of whoever was found to be the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import CustomerId


@dataclass(frozen=True, slots=True)
class TrackedTurn:
    """One finished turn: Rasa's events, in order, and the state after it."""

    channel: str | None
    state: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]


# Whole sessions one after another, by when they began: two histories are never shown as one talk.
_READ = text("""
    with recursive family(id) as (
        select cast(:id as uuid)
        union all
        select c.id from customers c join family f on c.merged_into = f.id)
    select a.channel, t.state, t.events
      from turns t join family f on f.id = t.customer_id
      left join addresses a on a.id = t.address_id
     order by t.session_started_at, t.customer_id, t.number
""")


async def read_tracker(conn: AsyncConnection, customer_id: CustomerId) -> list[TrackedTurn]:
    """Every turn of a living customer."""
    return [
        TrackedTurn(row.channel, row.state, row.events)
        for row in await conn.execute(_READ, {"id": customer_id})
    ]
