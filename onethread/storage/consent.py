"""Who stopped or resumed: the mark on the address, and the ledger beside it."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Consent
from onethread.ids import AddressId, InboxId
from onethread.storage import outbox
from onethread.storage.tables import addresses, consent_events

Source = Literal["word", "carrier", "intent", "platform", "desk"]


async def silence(conn: AsyncConnection, connector: str, account: str, key: str) -> None:
    """Stop sends to an address at once; the ledger is written when the message is taken up."""
    found = await conn.execute(
        update(addresses)
        .where(
            addresses.c.connector == connector,
            addresses.c.account == account,
            addresses.c.key == key,
            addresses.c.valid_to.is_(None),
        )
        .values(opted_out_at=func.coalesce(addresses.c.opted_out_at, func.now()))
        .returning(addresses.c.id)
    )
    for row in found:
        await outbox.suppress_queued(conn, AddressId(row.id))


async def record_stop(
    conn: AsyncConnection, address_id: AddressId, *, source: Source, inbox_id: InboxId | None = None
) -> bool:
    """Stop sends, suppress what is queued, write the ledger. False: this address had already stopped."""
    await conn.execute(
        update(addresses)
        .where(addresses.c.id == address_id)
        .values(opted_out_at=func.coalesce(addresses.c.opted_out_at, func.now()))
    )
    await outbox.suppress_queued(conn, address_id)
    if await _last(conn, address_id) == "stop":
        return False
    await _note(conn, address_id, "stop", source, inbox_id)
    return True


async def record_start(
    conn: AsyncConnection, address_id: AddressId, *, source: Source, inbox_id: InboxId | None = None
) -> bool:
    """Allow sends again. False: this address had not stopped."""
    resumed = await conn.execute(
        update(addresses)
        .where(addresses.c.id == address_id, addresses.c.opted_out_at.is_not(None))
        .values(opted_out_at=None)
    )
    if not resumed.rowcount:
        return False
    await _note(conn, address_id, "start", source, inbox_id)
    return True


async def record_marketing(
    conn: AsyncConnection, address_id: AddressId, wish: Consent, *, inbox_id: InboxId
) -> None:
    """The person stopped or resumed marketing at the platform: a line in the ledger; replies go on."""
    await _note(conn, address_id, wish.value, "platform", inbox_id, scope="marketing")


async def _last(conn: AsyncConnection, address_id: AddressId) -> str | None:
    found = await conn.execute(
        select(consent_events.c.action)
        .where(consent_events.c.address_id == address_id, consent_events.c.scope == "all")
        .order_by(consent_events.c.id.desc())
        .limit(1)
    )
    return found.scalar_one_or_none()


async def _note(
    conn: AsyncConnection,
    address_id: AddressId,
    action: str,
    source: Source,
    inbox_id: InboxId | None,
    *,
    scope: Literal["all", "marketing"] = "all",
) -> None:
    await conn.execute(
        insert(consent_events).values(
            address_id=address_id, action=action, source=source, inbox_id=inbox_id, scope=scope
        )
    )
