"""The lock of a lane: one row a customer, held by the worker whose turn it is."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import CustomerId
from onethread.storage.tables import lanes


async def lock_lane(conn: AsyncConnection, customer_id: CustomerId) -> bool:
    """Take the lane until this transaction ends; False: another worker has it."""
    found = await conn.execute(
        select(lanes.c.customer_id)
        .where(lanes.c.customer_id == customer_id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return found.first() is not None
