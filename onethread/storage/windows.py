"""The window of an address: when its person last wrote, and what waits for the next time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId, OutboxId

# Both locks or none, and without waiting: a lane takes them too, in another order.
_LOCK = text("""
    select a.id, a.customer_id, a.heard_at, a.channel, exists(
        select from outbox r where r.address_id = a.id and r.purpose = 'reopening'
          and r.created_at > coalesce(a.heard_at, '-infinity')) as asked
    from addresses a join conversations c on c.customer_id = a.customer_id
    where a.id = any(:ids)
    order by a.customer_id
    for no key update of a, c skip locked
""")
# What the platform took and then refused is another send the next time.
_ANEW = """
        oid = case when provider_message_id is null then oid
            else replace(gen_random_uuid()::text, '-', '') end,
        provider_message_id = null, updated_at = now()
    where id = :id and status in ('held', 'sending', 'failed')
"""
_HOLD = text(f"update outbox set status = 'held', error = :error, error_code = :error_code, {_ANEW}")  # noqa: S608
_PUT_BACK = text(f"""
    update outbox set status = 'queued', due_at = now() + make_interval(secs => :delay_s),
        error = null, error_code = null, {_ANEW}
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Window:
    """An address whose window is looked at, and its conversation, locked for this transaction."""

    address_id: AddressId
    customer_id: CustomerId
    channel: str
    heard_at: datetime | None
    """None: nobody ever wrote from it."""
    asked: bool
    """Since then a template was sent, or waits, that asks the customer to write again."""


async def lock_windows(conn: AsyncConnection, ids: Sequence[AddressId]) -> dict[AddressId, Window]:
    """Those of these addresses that nobody else is at just now."""
    return {
        row.id: Window(row.id, row.customer_id, row.channel, row.heard_at, row.asked)
        for row in await conn.execute(_LOCK, {"ids": list(ids)})
    }


async def hold(conn: AsyncConnection, outbox_id: OutboxId, reason: str, code: str | None) -> bool:
    """Keep a row until its customer writes again; False when it came to another end meanwhile."""
    held = await conn.execute(_HOLD, {"id": outbox_id, "error": reason, "error_code": code})
    return held.rowcount == 1


async def put_back(conn: AsyncConnection, outbox_id: OutboxId, delay_s: float) -> None:
    """Queue a row again that was about to be held, due in `delay_s`."""
    await conn.execute(_PUT_BACK, {"id": outbox_id, "delay_s": delay_s})
