"""The lock of a lane: one row a customer, held by the worker whose turn it is."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import CustomerId
from onethread.storage import driver

_LOCK = """
select true from lanes where customer_id = %(customer_id)s for no key update skip locked
"""


async def lock_lane(conn: AsyncConnection, customer_id: CustomerId) -> bool:
    """Take the lane until this transaction ends; False: another worker has it."""
    return bool(await driver.fetch(conn, _LOCK, {"customer_id": customer_id}))
