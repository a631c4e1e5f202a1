"""The names of an address: its key, the platform's lasting id of the person, the phone; and who has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId
from onethread.storage import driver
from onethread.storage.addresses import KnownAddress, read_address


@dataclass(frozen=True, slots=True)
class Named:
    """A living address under one of its names."""

    id: AddressId
    customer_id: CustomerId
    key: str
    phone: str | None
    user_id: str


_LOCK = """
    select count(pg_advisory_xact_lock(hashtextextended(name, 0))) from unnest(%(names)s::text[]) as name
"""
_BY_NAME = """
    select id, customer_id, key, phone, coalesce(attributes ->> 'user_id', '') as user_id
      from addresses
     where connector = %(connector)s and account = %(account)s and valid_to is null
       and ((%(user_id)s::text <> '' and (attributes ->> 'user_id' = %(user_id)s or key = %(user_id)s))
            or phone = any(%(phones)s::text[]))
     order by (attributes ->> 'user_id' = %(user_id)s or key = %(user_id)s) desc nulls last, created_at, id
     limit 1
"""
_BY_PHONE = """
    select a.id, a.customer_id, a.key, a.phone, coalesce(a.attributes ->> 'user_id', '') as user_id
      from addresses a join customers c on c.id = a.customer_id
     where a.phone = any(%(phones)s::text[]) and a.valid_to is null
       and (a.connector, a.account) <> (%(connector)s::text, %(account)s::text)
     order by c.created_at, c.id, a.created_at limit 1
"""
# Who merges them waits for us, and we for whoever does: no address is ever left with somebody merged.
_HOLD = text("select id from customers where id = :id and merged_into is null for share")
_RENAME = text("""
    update addresses set key = :key, phone = coalesce(:phone, phone),
           attributes = attributes || :attributes
     where id = :id
""").bindparams(bindparam("attributes", type_=JSONB))
_REDIRECT = text("""
    update inbox set address_key = :key
     where connector = :connector and account = :account and address_key = :old and status = 'pending'
""")
_END = text("update addresses set valid_to = clock_timestamp() where id = :id returning valid_to")
_BURY = text("""
    update inbox i set address_id = a.id from addresses a
     where a.id = :id and i.connector = a.connector and i.account = a.account and i.address_key = a.key
       and i.status = 'dead' and i.address_id is null
""")
_LIVES = text("select id from addresses where id = :id and valid_to is null for no key update")
_NO_PHONE = text("update addresses set phone = null where id = :id")


async def lock_names(conn: AsyncConnection, names: Sequence[str]) -> None:
    """Nobody else makes an address of one of these names until this transaction ends."""
    # Always in one order: two of several names never wait for each other.
    await driver.fetch(conn, _LOCK, {"names": sorted(set(names))})


async def find_named(
    conn: AsyncConnection, connector: str, account: str, *, user_id: str, phones: Sequence[str]
) -> Named | None:
    """The address at this account that has this lasting id, else one of these phones."""
    values = {"connector": connector, "account": account, "user_id": user_id, "phones": list(phones)}
    found = await driver.fetch(conn, _BY_NAME, values)
    return Named(*found[0]) if found else None


async def find_phone(
    conn: AsyncConnection, phones: Sequence[str], *, beside: tuple[str, str]
) -> Named | None:
    """The address with one of these phones at another account, of the customer known longest."""
    values = {"phones": list(phones), "connector": beside[0], "account": beside[1]}
    found = await driver.fetch(conn, _BY_PHONE, values)
    return Named(*found[0]) if found else None


async def hold_customer(conn: AsyncConnection, customer_id: CustomerId) -> bool:
    """Keep a customer from being merged until this transaction ends. False: they were, just now."""
    return (await conn.execute(_HOLD, {"id": customer_id})).first() is not None


async def rename(
    conn: AsyncConnection, address_id: AddressId, key: str, *, phone: str | None, user_id: str
) -> None:
    """The platform knows this person by another key from now on."""
    attributes = {"user_id": user_id} if user_id else {}
    await conn.execute(_RENAME, {"id": address_id, "key": key, "phone": phone, "attributes": attributes})


async def redirect(conn: AsyncConnection, connector: str, account: str, old: str, key: str) -> None:
    """What waits under one name of a person waits under another."""
    await conn.execute(_REDIRECT, {"connector": connector, "account": account, "old": old, "key": key})


async def end_address(conn: AsyncConnection, address_id: AddressId) -> datetime:
    """Nobody is reached there any more as who they were; what was never answered stays theirs."""
    await conn.execute(_BURY, {"id": address_id})
    return (await conn.execute(_END, {"id": address_id})).scalar_one()  # type: ignore[no-any-return]


async def read_living(conn: AsyncConnection, address_id: AddressId) -> KnownAddress | None:
    """This address, held until this transaction ends; None: it is not in use."""
    if (await conn.execute(_LIVES, {"id": address_id})).first() is None:
        return None
    return await read_address(conn, address_id)


async def drop_phone(conn: AsyncConnection, address_id: AddressId) -> None:
    """The number is somebody else's now; the person is still reached by their id."""
    await conn.execute(_NO_PHONE, {"id": address_id})
