"""Moves what one customer has to another, and back: each a statement inside a merge's or an undo's commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, AgentId, CustomerId

_IDS = bindparam("ids", type_=ARRAY(Uuid))

_LOCK_LANES = text("""
    select customer_id from lanes where customer_id = any(:ids) order by customer_id for no key update
""").bindparams(_IDS)
_LOCK_TALKS = text("""
    select customer_id, owner, agent_id, reason, owner_since, status from conversations
     where customer_id = any(:ids) order by customer_id for no key update
""").bindparams(_IDS)
_LOCK_THREADS = text("""
    select customer_id, last_seq from threads where customer_id = any(:ids)
     order by customer_id for no key update
""").bindparams(_IDS)
_OWNERS = text("select id, customer_id, valid_to from addresses where id = any(:ids)").bindparams(_IDS)
_AGES = text("select id from customers where id = any(:ids) order by created_at, id").bindparams(_IDS)


@dataclass(frozen=True, slots=True)
class Talked:
    """Who answers a customer, locked for this transaction."""

    customer_id: CustomerId
    owner: str
    agent_id: AgentId | None
    reason: str | None
    owner_since: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What Rasa knew of a customer last: slots, when, and the version of its tracker."""

    slots: Mapping[str, Any]
    at: datetime | None
    version: int


async def lock_lanes(conn: AsyncConnection, ids: Sequence[CustomerId]) -> None:
    """Wait for these lanes, in order of their ids; raises when a turn takes too long (`lock_timeout`)."""
    await conn.execute(_LOCK_LANES, {"ids": list(ids)})


async def owners_of(
    conn: AsyncConnection, ids: Sequence[AddressId], *, lock: bool = False
) -> dict[AddressId, tuple[CustomerId, bool]]:
    """Whose each address is now, and whether it is still in use."""
    query = text(f"{_OWNERS.text} order by id for no key update").bindparams(_IDS) if lock else _OWNERS
    found = await conn.execute(query, {"ids": list(ids)})
    return {AddressId(row.id): (CustomerId(row.customer_id), row.valid_to is None) for row in found}


async def older_first(conn: AsyncConnection, ids: Sequence[CustomerId]) -> list[CustomerId]:
    """These customers, the one known longest first."""
    return [CustomerId(row.id) for row in await conn.execute(_AGES, {"ids": list(ids)})]


async def lock_talks(conn: AsyncConnection, ids: Sequence[CustomerId]) -> dict[CustomerId, Talked]:
    """Conversations and threads of these customers, so that no person writes into them meanwhile."""
    found = {
        CustomerId(row.customer_id): Talked(**row._mapping)
        for row in await conn.execute(_LOCK_TALKS, {"ids": list(ids)})
    }
    await conn.execute(_LOCK_THREADS, {"ids": list(ids)})
    return found


_REMEMBERED = text("""
    select c.fresh_after, c.carry, t.number, t.finished_at, t.state
      from customers c left join lateral (
        select number, finished_at, state from turns
         where turns.customer_id = c.id and finished_at < coalesce(cast(:before as timestamptz), 'infinity')
         order by number desc limit 1) t on true
     where c.id = :id
""")


async def remembered(
    conn: AsyncConnection, customer_id: CustomerId, *, before: datetime | None = None
) -> Remembered:
    """What a session of this customer would start with now, or would have at a time before."""
    row = (await conn.execute(_REMEMBERED, {"id": customer_id, "before": before})).one()
    carry = row.carry or {}
    version = max(row.number or 0, carry.get("version", 0))
    carried = row.fresh_after is not None and (before is None or row.fresh_after < before)
    if carried and (row.finished_at is None or row.finished_at < row.fresh_after):
        return Remembered(carry.get("slots", {}), row.fresh_after, version)
    return Remembered((row.state or {}).get("slots", {}), row.finished_at, version)


_START_FRESH = text("""
    update customers set fresh_after = clock_timestamp(), carry = :carry where id = :id
""").bindparams(bindparam("carry", type_=JSONB))


async def start_fresh(
    conn: AsyncConnection, customer_id: CustomerId, slots: Mapping[str, Any], version: int
) -> None:
    """The next turn starts a session with these slots; its number is above `version`."""
    await conn.execute(_START_FRESH, {"id": customer_id, "carry": {"slots": dict(slots), "version": version}})


_MERGED = text("update customers set merged_into = :into where id = :id")
_LANGUAGE = text("""
    update customers t set language = s.language, language_asked = s.language_asked
      from customers s
     where t.id = :to and s.id = :from and s.language is not null
       and (t.language is null or (s.language_asked and not t.language_asked))
""")
_CLOSED = text("update threads set merged = :merged where customer_id = :id")
_MOVE_ADDRESSES = text("""
    update addresses set customer_id = :to, moved_at = clock_timestamp()
     where customer_id = :from and (:all or id = any(:ids))
    returning id
""").bindparams(_IDS)
_MOVE_EFFECTS = text("update effects set customer_id = :to where address_id = any(:ids)").bindparams(_IDS)
_MOVE_OUTBOX = text("""
    update outbox set customer_id = :to
     where message_id in (select id from messages where customer_id = :from
                             and (:all or address_id = any(:ids)))
""").bindparams(_IDS)
_MOVE_MEDIA = text("update media set customer_id = :to where customer_id = :from")
_MOVE_MESSAGES = text("""
    update messages m
       set customer_id = :to, seq = n.seq,
           home_customer_id = coalesce(m.home_customer_id, m.customer_id),
           home_seq = coalesce(m.home_seq, m.seq)
      from (select m.id, t.last_seq + row_number() over (order by m.seq) as seq
              from messages m, threads t
             where m.customer_id = :from and t.customer_id = :to
               and (:all or m.address_id = any(:ids))) n
     where m.id = n.id
""").bindparams(_IDS)
# No number of a thread is ever given twice, nor one that a message brought along.
_COUNT = text("""
    update threads t set last_seq = greatest(
        t.last_seq + :moved, (select last_seq from threads where customer_id = :from))
     where t.customer_id = :to
""")


async def set_merged(conn: AsyncConnection, customer_id: CustomerId, into: CustomerId | None) -> None:
    """A customer is another now, or (None) lives again. Who adds an address to them waits."""
    await conn.execute(_MERGED, {"id": customer_id, "into": into})


async def take_language(conn: AsyncConnection, source: CustomerId, target: CustomerId) -> None:
    """The target is written to in the source's language, if it has none, or the source asked for it."""
    await conn.execute(_LANGUAGE, {"from": source, "to": target})


async def close_thread(conn: AsyncConnection, customer_id: CustomerId, *, merged: bool) -> None:
    """Nothing is appended to this thread any more, or again."""
    await conn.execute(_CLOSED, {"id": customer_id, "merged": merged})


async def move_addresses(
    conn: AsyncConnection,
    source: CustomerId,
    target: CustomerId,
    ids: Sequence[AddressId] | None = None,
) -> list[AddressId]:
    """Give these addresses (None: all there are) to `target`; tells which."""
    found = await conn.execute(
        _MOVE_ADDRESSES, {"from": source, "to": target, "all": ids is None, "ids": list(ids or ())}
    )
    return [AddressId(row.id) for row in found]


async def move_wishes(conn: AsyncConnection, target: CustomerId, ids: Sequence[AddressId]) -> None:
    """What was asked of the shop from these addresses."""
    await conn.execute(_MOVE_EFFECTS, {"to": target, "ids": list(ids)})


async def move_sends(
    conn: AsyncConnection,
    source: CustomerId,
    target: CustomerId,
    ids: Sequence[AddressId] | None = None,
) -> None:
    """What is sent for the messages of a thread. Call it before the messages move."""
    await conn.execute(
        _MOVE_OUTBOX, {"from": source, "to": target, "all": ids is None, "ids": list(ids or ())}
    )


async def move_files(conn: AsyncConnection, source: CustomerId, target: CustomerId) -> None:
    """Every file of a customer."""
    await conn.execute(_MOVE_MEDIA, {"from": source, "to": target})


async def move_messages(
    conn: AsyncConnection,
    source: CustomerId,
    target: CustomerId,
    ids: Sequence[AddressId] | None = None,
) -> int:
    """Append the messages of a thread (of these addresses; None: all) to another, in their order; how many.

    Each keeps where it was first, for buttons are named after that and an undo leads back there.
    """
    moved = await conn.execute(
        _MOVE_MESSAGES, {"from": source, "to": target, "all": ids is None, "ids": list(ids or ())}
    )
    await conn.execute(_COUNT, {"from": source, "to": target, "moved": moved.rowcount})
    return moved.rowcount


_BACK_HOME = text("""
    update messages set customer_id = :to, seq = home_seq, home_customer_id = null, home_seq = null
     where customer_id = :from and home_customer_id = :to
       and (address_id = any(:ids) or address_id is null)
""").bindparams(_IDS)
_FILES_BACK = text("""
    update media set customer_id = :to
     where customer_id = :from and (
        inbox_id in (select inbox_id from messages where customer_id = :to)
        or id in (select (item ->> 'id')::uuid from messages m
                   cross join jsonb_array_elements(m.content -> 'media') item
                   where m.customer_id = :to and m.direction = 'out'
                     and jsonb_typeof(m.content -> 'media') = 'array'))
""")
_MOVE_TURNS = text("""
    with moved as (
        select t.number as old, :version + row_number() over (order by t.number) as new from turns t
         where t.customer_id = :from and t.address_id = any(:ids))
    update turns t set customer_id = :to, number = m.new
      from moved m where t.customer_id = :from and t.number = m.old
""").bindparams(_IDS)


async def messages_home(
    conn: AsyncConnection, source: CustomerId, target: CustomerId, ids: Sequence[AddressId]
) -> None:
    """Split a thread by provenance: what came from `target` gets its old numbers, the rest new ones."""
    given = {"from": source, "to": target, "ids": list(ids)}
    await move_sends(conn, source, target, ids)
    await conn.execute(_BACK_HOME, given)
    await move_messages(conn, source, target, ids)
    await conn.execute(_FILES_BACK, {"from": source, "to": target})


async def move_turns(
    conn: AsyncConnection,
    source: CustomerId,
    target: CustomerId,
    ids: Sequence[AddressId],
    *,
    version: int,
) -> int:
    """The turns of these addresses, with their events, numbered anew above `version`; how many."""
    moved = await conn.execute(
        _MOVE_TURNS,
        {"from": source, "to": target, "ids": list(ids), "version": version},
    )
    return moved.rowcount


_ANSWERED_BY = text("""
    update conversations set owner = :owner, agent_id = :agent_id, reason = :reason,
           owner_since = :owner_since, status = :status
     where customer_id = :customer_id
""")


async def set_talk(conn: AsyncConnection, talk: Talked) -> None:
    """Write down who answers a customer whose conversation is locked."""
    await conn.execute(
        _ANSWERED_BY,
        {
            "customer_id": talk.customer_id,
            "owner": talk.owner,
            "agent_id": talk.agent_id,
            "reason": talk.reason,
            "owner_since": talk.owner_since,
            "status": talk.status,
        },
    )
