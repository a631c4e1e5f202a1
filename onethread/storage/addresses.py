"""Addresses and the customers behind them; a new pair is made once, however many ask at the same moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

import orjson
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId
from onethread.storage import driver
from onethread.storage.tables import addresses


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
    fresh_after: datetime | None = None
    """The first turn after this starts a session with `carry`: histories were joined or split."""
    carry: Mapping[str, Any] | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    language_asked: bool = False
    """The customer asked for `language` in words; else it is the one he was seen to write."""


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address about to be known. `valid_from`: since when it is this person's; None: since ever."""

    connector: str
    account: str
    key: str
    channel: str
    phone: str | None
    display_name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    valid_from: datetime | None = None


_KNOWN: LiteralString = """
select a.id, a.customer_id, a.connector, a.account, a.key, a.channel, a.phone, a.display_name, c.language,
    a.opted_out_at, a.disclosed_at, a.undeliverable, c.fresh_after, c.carry, a.attributes, c.language_asked
from addresses a join customers c on c.id = a.customer_id
"""
_FIND_ADDRESS: LiteralString = f"""{_KNOWN}
where a.connector = %(connector)s and a.account = %(account)s and a.key = %(key)s and a.valid_to is null
"""
_READ_ADDRESS: LiteralString = f"{_KNOWN} where a.id = %(id)s"
# By time, not by the highest number: those of a thread joined to another are all above that one's.
_REPLY_ADDRESS: LiteralString = f"""{_KNOWN}
where a.customer_id = %(customer_id)s and a.opted_out_at is null and a.valid_to is null
order by (select max(m.created_at) from messages m where m.address_id = a.id and m.direction = 'in')
    desc nulls last, a.created_at
limit 1
"""  # noqa: S608
_MARK_DISCLOSED = "update addresses set disclosed_at = %(at)s where id = %(id)s returning id"
_SET_LANGUAGE = """
update customers set language = %(language)s, language_asked = %(asked)s where id = %(id)s returning id
"""
_ADD_CUSTOMER = """
with customer as (
    insert into customers (display_name, language, language_asked)
    values (%(display_name)s, %(language)s, %(language_asked)s) returning id
), lane as (
    insert into lanes (customer_id) select id from customer
), conversation as (
    -- The message that brings a customer is older than the customer.
    insert into conversations (customer_id, owner_since) select id, now() - interval '1 hour' from customer
), thread as (
    insert into threads (customer_id) select id from customer
)
select id from customer
"""
_ADD_ADDRESS = """
insert into addresses (
    customer_id, connector, account, key, channel, phone, display_name, attributes, valid_from)
values (%(customer_id)s, %(connector)s, %(account)s, %(key)s, %(channel)s, %(phone)s, %(display_name)s,
    %(attributes)s::jsonb, %(valid_from)s)
returning id
"""


async def find_address(conn: AsyncConnection, connector: str, account: str, key: str) -> KnownAddress | None:
    """The address, or None while nothing from it was taken up by a lane."""
    return await _one(conn, _FIND_ADDRESS, {"connector": connector, "account": account, "key": key})


async def read_address(conn: AsyncConnection, address_id: AddressId) -> KnownAddress | None:
    """The address by its id."""
    return await _one(conn, _READ_ADDRESS, {"id": address_id})


async def _one(
    conn: AsyncConnection, query: LiteralString, values: Mapping[str, object]
) -> KnownAddress | None:
    return next(iter(await driver.fetch_as(conn, KnownAddress, query, values)), None)


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
    customer_id = await add_customer(conn, display_name=display_name)
    new = NewAddress(connector, account, key, channel=channel, phone=phone, display_name=display_name)
    await add_address(conn, customer_id, new)
    return customer_id


async def add_address(conn: AsyncConnection, customer_id: CustomerId, new: NewAddress) -> AddressId:
    """Another address of a customer; its key must not be in use."""
    values = {
        "customer_id": customer_id,
        "connector": new.connector,
        "account": new.account,
        "key": new.key,
        "channel": new.channel,
        "phone": new.phone,
        "display_name": new.display_name,
        "attributes": orjson.dumps(dict(new.attributes)).decode(),
        "valid_from": new.valid_from,
    }
    ((address_id,),) = await driver.fetch(conn, _ADD_ADDRESS, values)
    return AddressId(address_id)


async def add_customer(
    conn: AsyncConnection, *, display_name: str, language: str | None = None, language_asked: bool = False
) -> CustomerId:
    """A customer without an address yet, with thread, conversation and lane."""
    values = {"display_name": display_name, "language": language, "language_asked": language_asked}
    ((customer_id,),) = await driver.fetch(conn, _ADD_CUSTOMER, values)
    return CustomerId(customer_id)


async def refresh_address(
    conn: AsyncConnection,
    address_id: AddressId,
    *,
    phone: str | None,
    display_name: str,
    attributes: Mapping[str, Any] | None = None,
) -> None:
    """Keep what the platform attests of an address; whoever writes from it can be reached again."""
    kept = {} if attributes is None else {"attributes": dict(attributes)}
    await conn.execute(
        update(addresses)
        .where(addresses.c.id == address_id)
        .values(undeliverable=None, phone=phone, display_name=display_name, **kept)
    )


async def mark_disclosed(conn: AsyncConnection, address_id: AddressId, at: datetime) -> None:
    """People at this address are told that a machine answers; `at` is the clock that sessions start by."""
    await driver.fetch(conn, _MARK_DISCLOSED, {"id": address_id, "at": at})


async def forget_disclosures(conn: AsyncConnection, customer_id: CustomerId) -> None:
    """This customer is to be told again that a machine answers."""
    await conn.execute(
        update(addresses).where(addresses.c.customer_id == customer_id).values(disclosed_at=None)
    )


async def set_language(conn: AsyncConnection, customer_id: CustomerId, language: str, *, asked: bool) -> None:
    """The customer asked for this language, or plainly writes it."""
    await driver.fetch(conn, _SET_LANGUAGE, {"id": customer_id, "language": language, "asked": asked})


async def reply_address(conn: AsyncConnection, customer_id: CustomerId) -> KnownAddress | None:
    """Where the customer last wrote from and may be written to."""
    return await _one(conn, _REPLY_ADDRESS, {"customer_id": customer_id})


_LIVING = text("""
    with recursive followed(id, merged_into) as (
        select id, merged_into from customers where id = :id
        union all
        select c.id, c.merged_into from customers c join followed f on c.id = f.merged_into)
    select id from followed where merged_into is null
""")


async def living(conn: AsyncConnection, customer_id: CustomerId) -> CustomerId:
    """Who this customer is now; themselves, unless they were found to be somebody known before."""
    found = (await conn.execute(_LIVING, {"id": customer_id})).one_or_none()
    return customer_id if found is None else CustomerId(found.id)
