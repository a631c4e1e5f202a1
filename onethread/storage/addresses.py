"""Addresses and the customers behind them; a new pair is made once, however many ask at the same moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId
from onethread.storage.tables import addresses, conversations, customers, lanes, messages, threads


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """Where a customer can be reached, and what may be said there."""

    id: AddressId
    customer_id: CustomerId
    connector: str
    account: str
    key: str
    channel: str
    phone: str | None
    display_name: str
    language: str | None
    """The customer's; None: the default."""
    opted_out_at: datetime | None
    disclosed_at: datetime | None
    undeliverable: str | None = None


_KNOWN = select(
    addresses.c.id,
    addresses.c.customer_id,
    addresses.c.connector,
    addresses.c.account,
    addresses.c.key,
    addresses.c.channel,
    addresses.c.phone,
    addresses.c.display_name,
    customers.c.language,
    addresses.c.opted_out_at,
    addresses.c.disclosed_at,
    addresses.c.undeliverable,
).join(customers, customers.c.id == addresses.c.customer_id)


def _known(row: Row[*tuple[Any, ...]] | None) -> KnownAddress | None:
    return None if row is None else KnownAddress(**row._mapping)


async def find_address(conn: AsyncConnection, connector: str, account: str, key: str) -> KnownAddress | None:
    """The address, or None while nothing from it was taken up by a lane."""
    found = await conn.execute(
        _KNOWN.where(
            addresses.c.connector == connector,
            addresses.c.account == account,
            addresses.c.key == key,
            addresses.c.valid_to.is_(None),
        )
    )
    return _known(found.one_or_none())


async def read_address(conn: AsyncConnection, address_id: AddressId) -> KnownAddress | None:
    """The address by its id."""
    return _known((await conn.execute(_KNOWN.where(addresses.c.id == address_id))).one_or_none())


async def create_customer(
    conn: AsyncConnection,
    connector: str,
    account: str,
    key: str,
    *,
    channel: str,
    phone: str | None,
    display_name: str,
) -> CustomerId:
    """The customer of this address, made with thread, conversation and lane unless it is there already."""
    await conn.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"{connector}\x1f{account}\x1f{key}"},
    )
    known = await find_address(conn, connector, account, key)
    if known is not None:
        return known.customer_id
    made = await conn.execute(insert(customers).values(display_name=display_name).returning(customers.c.id))
    customer_id = CustomerId(made.scalar_one())
    await conn.execute(insert(lanes).values(customer_id=customer_id))
    # The message that brings a customer is older than the customer.
    since = func.now() - timedelta(hours=1)
    await conn.execute(insert(conversations).values(customer_id=customer_id, owner_since=since))
    await conn.execute(insert(threads).values(customer_id=customer_id))
    await conn.execute(
        insert(addresses).values(
            customer_id=customer_id,
            connector=connector,
            account=account,
            key=key,
            channel=channel,
            phone=phone,
            display_name=display_name,
        )
    )
    return customer_id


async def refresh_address(
    conn: AsyncConnection, address_id: AddressId, *, phone: str | None, display_name: str
) -> None:
    """Keep what the platform attests of an address; whoever writes from it can be reached again."""
    await conn.execute(
        update(addresses)
        .where(addresses.c.id == address_id)
        .values(undeliverable=None, phone=phone, display_name=display_name)
    )


async def mark_disclosed(conn: AsyncConnection, address_id: AddressId, at: datetime) -> None:
    """People at this address are told that a machine answers; `at` is the clock that sessions start by."""
    await conn.execute(update(addresses).where(addresses.c.id == address_id).values(disclosed_at=at))


async def forget_disclosures(conn: AsyncConnection, customer_id: CustomerId) -> None:
    """This customer is to be told again that a machine answers."""
    await conn.execute(
        update(addresses).where(addresses.c.customer_id == customer_id).values(disclosed_at=None)
    )


async def set_language(conn: AsyncConnection, customer_id: CustomerId, language: str) -> None:
    """The customer chose, or plainly writes, this language."""
    await conn.execute(update(customers).where(customers.c.id == customer_id).values(language=language))


async def reply_address(conn: AsyncConnection, customer_id: CustomerId) -> KnownAddress | None:
    """Where the customer last wrote from and may be written to."""
    last = (
        select(func.max(messages.c.seq))
        .where(messages.c.address_id == addresses.c.id, messages.c.direction == "in")
        .scalar_subquery()
    )
    found = await conn.execute(
        _KNOWN.where(addresses.c.customer_id == customer_id, addresses.c.opted_out_at.is_(None))
        .order_by(last.desc().nulls_last(), addresses.c.created_at)
        .limit(1)
    )
    return _known(found.one_or_none())
