"""What the desk shows of who a customer is: their addresses, why those are theirs, who else it might be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId, LinkId

_FOUND_MAX = 10
_DIGITS_MIN = 4


@dataclass(frozen=True, slots=True)
class PersonAddress:
    """One address, with what the platform or the shop says of it."""

    id: AddressId
    channel: str
    phone: str | None
    display_name: str
    created_at: datetime
    valid_to: datetime | None
    subject: str | None
    """The shop's own id of who is signed in there."""
    email: str | None


@dataclass(frozen=True, slots=True)
class PersonLink:
    """Why two addresses are, were or may be one person's."""

    id: LinkId
    status: str
    trust: str
    evidence: str
    channel: str
    label: str
    other_channel: str | None
    other_label: str
    other_customer_id: CustomerId | None
    """Whose the other address is now, when that is somebody else."""
    asked_at: datetime
    done_at: datetime | None
    undone_at: datetime | None
    undone_by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A customer who may be the same person."""

    customer_id: CustomerId
    name: str
    channels: str
    last_at: datetime | None


_ADDRESSES = text("""
    select a.id, a.channel, a.phone, a.display_name, a.created_at, a.valid_to, l.subject, l.email
      from addresses a left join logins l
        on l.connector = a.connector and l.account = a.account and l.address_key = a.key
     where a.customer_id = :customer order by a.created_at, a.id
""")
_LINKS = text("""
    with mine as (select id from addresses where customer_id = :customer)
    select l.id, l.status, l.trust, l.evidence, one.channel,
           coalesce(one.phone, nullif(one.display_name, ''), '') as label, other.channel as other_channel,
           coalesce(other.phone, nullif(other.display_name, ''), '') as other_label,
           nullif(case one.customer_id when :customer then other.customer_id else one.customer_id end,
                  :customer) as other_customer_id,
           l.asked_at, l.done_at, l.undone_at, g.name as undone_by, l.reason
      from links l join addresses one on one.id = l.address_id
      left join addresses other on other.id = l.other_address_id left join agents g on g.id = l.undone_by
     where l.via is null
       and (l.address_id in (select id from mine) or l.other_address_id in (select id from mine))
     order by l.asked_at desc, l.id desc limit 50
""")
_SEARCH = text("""
    select c.id as customer_id,
           coalesce(nullif(c.display_name, ''), min(coalesce(a.phone, nullif(a.display_name, ''))), '')
             as name,
           string_agg(distinct a.channel, ' ') as channels,
           (select max(m.created_at) from messages m where m.customer_id = c.id) as last_at
      from customers c join addresses a on a.customer_id = c.id
     where c.merged_into is null and c.id <> :but and a.valid_to is null
       and c.id in (select customer_id from addresses
                     where (:digits <> '' and phone like '%' || :digits || '%')
                        or (:words <> '' and display_name ilike '%' || :words || '%')
                    union select id from customers
                     where :words <> '' and display_name ilike '%' || :words || '%')
     group by c.id order by last_at desc nulls last, c.id limit :most
""")
_PAIR = text("""
    select (select id from addresses where customer_id = :one and valid_to is null
             order by created_at, id limit 1) as one,
           (select a.id from addresses a join customers c on c.id = a.customer_id
             where a.customer_id = :other and a.valid_to is null and c.merged_into is null
             order by a.created_at, a.id limit 1) as other
""")
_IS_OF = text("""
    select 1 from links l join addresses a on a.id in (l.address_id, l.other_address_id)
     where l.id = :link and a.customer_id = :customer limit 1
""")


async def addresses_of(conn: AsyncConnection, customer_id: UUID) -> list[PersonAddress]:
    """Every address of a customer, those of the past too, oldest first."""
    found = await conn.execute(_ADDRESSES, {"customer": customer_id})
    return [PersonAddress(**row._mapping) for row in found]


async def links_of(conn: AsyncConnection, customer_id: UUID) -> list[PersonLink]:
    """The links a person may decide about, newest first; what a link took along is not listed apart."""
    found = await conn.execute(_LINKS, {"customer": customer_id})
    return [PersonLink(**row._mapping) for row in found]


async def search(conn: AsyncConnection, wanted: str, but: UUID) -> list[Found]:
    """Living customers whose number or name has this in it; at least four digits, or two letters."""
    digits, words = re.sub(r"[^0-9]", "", wanted), ""
    if re.search(r"[^\W\d_]{2}", wanted):
        digits, words = "", re.sub(r"([\\%_])", r"\\\1", " ".join(wanted.split()))
    if len(digits) < _DIGITS_MIN and not words:
        return []
    found = await conn.execute(_SEARCH, {"but": but, "digits": digits, "words": words, "most": _FOUND_MAX})
    return [Found(**row._mapping) for row in found]


async def pair_of(
    conn: AsyncConnection, customer_id: UUID, other_id: UUID
) -> tuple[AddressId, AddressId] | None:
    """An address of each, by which two customers can be linked; None: one has none, or lives no more."""
    row = (await conn.execute(_PAIR, {"one": customer_id, "other": other_id})).one()
    return None if row.one is None or row.other is None else (AddressId(row.one), AddressId(row.other))


async def is_of(conn: AsyncConnection, link_id: UUID, customer_id: UUID) -> bool:
    """Whether a link is about an address of this customer."""
    return (await conn.execute(_IS_OF, {"link": link_id, "customer": customer_id})).first() is not None
