"""Receipts that wait to be applied: an early one stays until the send it speaks of is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Receipt, ReceiptStatus
from onethread.ids import AddressId, CustomerId, OutboxId
from onethread.storage import driver

# Nobody is notified: receipts are two in three webhooks, commits that notify wait for each other in Postgres,
# and a mark may be a moment late.
_PARK = """
insert into receipts (connector, account, provider_message_id, oid, status, error, error_action)
select %(connector)s, account, provider_message_id, oid, status, error, error_action
from jsonb_to_recordset(%(heard)s) as r (
    account text, provider_message_id text, oid text, status text, error text, error_action text)
on conflict do nothing
returning id
"""

# Our own echoed id names the row; only without one does the platform's id. Connector and account must be
# those of the row's address, so that no account speaks of another's messages.
_TAKE = """
    select r.id, r.connector, r.account, r.status, r.error, r.error_action,
        nullif(r.provider_message_id, '') as provider_message_id, o.id as outbox_id
    from receipts r
    join lateral (
        select s.id from (
            select id, address_id from outbox where r.oid <> '' and oid = r.oid
            union all
            select id, address_id from outbox
            where r.oid = '' and r.provider_message_id <> '' and provider_message_id = r.provider_message_id
            limit 1) s
        where exists (
            select from addresses a
            where a.id = s.address_id and a.connector = r.connector and a.account = r.account)
        limit 1) o on true
    where not r.applied and r.received_at > now() - interval '3 days'
    order by r.id limit %(limit)s
    for update of r skip locked
"""
# The rank stands in the statement: whatever happened since the receipts were read, a row only moves forward.
_MOVE = """
    update outbox o set
        status = m.status,
        provider_message_id = coalesce(o.provider_message_id, m.provider_message_id),
        error = case when m.status = 'failed' then m.error end,
        error_code = case when m.status = 'failed' then m.error end,
        updated_at = now()
    from unnest(%(ids)s::bigint[], %(statuses)s::text[], %(provider_ids)s::text[],
            %(errors)s::text[]) as m(id, status, provider_message_id, error)
    where o.id = m.id and o.status = any(%(ranks)s::text[])
      and array_position(%(ranks)s::text[], m.status) > array_position(%(ranks)s::text[], o.status)
    returning o.id, o.customer_id, o.address_id, old.status as was
"""
_APPLIED = "update receipts set applied = true where id = any(%(ids)s::bigint[]) returning id"

_RANKS = ("queued", "sending", "unknown", *(status.value for status in ReceiptStatus))


async def park_receipts(where: driver.Where, connector: str, heard: Sequence[Receipt]) -> None:
    """Keep receipts as heard, doubles once, for an applier. Touches no other row, so never waits."""
    rows = [
        {
            "account": receipt.account,
            "provider_message_id": receipt.provider_message_id or "",
            "oid": receipt.oid or "",
            "status": receipt.status.value,
            "error": receipt.error,
            "error_action": receipt.error_action,
        }
        for receipt in heard
    ]
    await driver.fetch(where, _PARK, {"connector": connector, "heard": orjson.dumps(rows).decode()})


@dataclass(frozen=True, slots=True)
class Heard:
    """One receipt and the row it speaks of."""

    id: int
    outbox_id: OutboxId
    account: tuple[str, str]
    """Connector and account."""
    status: ReceiptStatus
    provider_message_id: str | None
    error: str | None
    error_action: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A row that a receipt moved forward."""

    outbox_id: OutboxId
    customer_id: CustomerId
    address_id: AddressId
    was: str


async def take_receipts(conn: AsyncConnection, limit: int) -> list[Heard]:
    """Receipts that can be applied now, locked for this transaction, oldest first."""
    return [
        Heard(row_id, outbox_id, (connector, account), ReceiptStatus(status), provider_id, error, action)
        for row_id, connector, account, status, error, action, provider_id, outbox_id in await driver.fetch(
            conn, _TAKE, {"limit": limit}
        )
    ]


async def move_forward(conn: AsyncConnection, furthest: Mapping[OutboxId, Heard]) -> list[Moved]:
    """Move each row to what was heard of it, unless it already is as far or further."""
    rows = await driver.fetch(
        conn,
        _MOVE,
        {
            "ids": list(furthest),
            "statuses": [heard.status.value for heard in furthest.values()],
            "provider_ids": [heard.provider_message_id for heard in furthest.values()],
            "errors": [heard.error for heard in furthest.values()],
            "ranks": list(_RANKS),
        },
    )
    return [Moved(*row) for row in rows]


async def mark_applied(conn: AsyncConnection, ids: Sequence[int]) -> None:
    """These receipts have had their effect."""
    await driver.fetch(conn, _APPLIED, {"ids": list(ids)})
