"""What the desk shows beside threads: conversations, addresses, messages not taken up yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, Text, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, AgentId, CustomerId
from onethread.storage.tables import addresses, agents, conversations, customers, inbox, messages, threads

Shelf = Literal["queue", "mine", "all"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One conversation in the list."""

    customer_id: CustomerId
    owner: str
    agent_id: AgentId | None
    agent_name: str | None
    reason: str | None
    since: datetime
    status: str
    display_name: str
    label: str
    channel: str | None
    last_text: str
    last_kind: str | None
    last_author: str | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class CustomerAddress:
    """One address of a customer, as people may see it."""

    id: AddressId
    channel: str
    label: str
    opted_out_at: datetime | None
    undeliverable: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """The head of a thread."""

    customer_id: CustomerId
    display_name: str
    owner: str
    agent_id: AgentId | None
    agent_name: str | None
    reason: str | None
    since: datetime
    status: str
    addresses: tuple[CustomerAddress, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A message that was accepted and no turn has finished."""

    inbox_id: int
    channel: str
    kind: str
    text: str
    content: Mapping[str, Any]
    at: datetime
    dead: bool


_LABEL = func.coalesce(addresses.c.phone, func.nullif(addresses.c.display_name, ""), "")


def _entries() -> Select[Any]:
    last = (
        select(messages.c.text, messages.c.kind, messages.c.author, messages.c.created_at, messages.c.channel)
        .where(messages.c.customer_id == conversations.c.customer_id, messages.c.direction != "note")
        .order_by(messages.c.seq.desc())
        .limit(1)
        .lateral("last")
    )
    reached = (
        select(_LABEL.label("label"), addresses.c.channel)
        .where(addresses.c.customer_id == conversations.c.customer_id)
        .order_by(addresses.c.created_at.desc())
        .limit(1)
        .lateral("reached")
    )
    return (
        select(
            conversations.c.customer_id,
            conversations.c.owner,
            conversations.c.agent_id,
            agents.c.name.label("agent_name"),
            conversations.c.reason,
            conversations.c.owner_since.label("since"),
            conversations.c.status,
            customers.c.display_name,
            func.coalesce(reached.c.label, "").label("label"),
            func.coalesce(last.c.channel, reached.c.channel).label("channel"),
            func.left(func.coalesce(last.c.text, ""), 200).label("last_text"),
            last.c.kind.label("last_kind"),
            last.c.author.label("last_author"),
            last.c.created_at.label("last_at"),
        )
        .join(customers, customers.c.id == conversations.c.customer_id)
        .join(threads, threads.c.customer_id == conversations.c.customer_id)
        .outerjoin(agents, agents.c.id == conversations.c.agent_id)
        .outerjoin(last, text("true"))
        .outerjoin(reached, text("true"))
        .where(customers.c.merged_into.is_(None))
    )


async def list_entries(
    conn: AsyncConnection, shelf: Shelf, agent_id: AgentId, limit: int = 100
) -> list[Entry]:
    """The queue (longest waiting first), an agent's own, or all conversations (newest first)."""
    query = _entries()
    if shelf == "queue":
        query = query.where(conversations.c.owner == "queue").order_by(conversations.c.owner_since)
    elif shelf == "mine":
        query = query.where(conversations.c.owner == "agent", conversations.c.agent_id == agent_id)
        query = query.order_by(conversations.c.owner_since)
    else:
        query = query.order_by(text("last_at desc nulls last"))
    found = await conn.execute(query.order_by(conversations.c.customer_id).limit(limit))
    return [Entry(**row._mapping) for row in found]


async def count_shelves(conn: AsyncConnection, agent_id: AgentId) -> dict[Shelf, int]:
    """How many wait and how many are this agent's."""
    waiting = func.count().filter(conversations.c.owner == "queue")
    mine = func.count().filter(conversations.c.agent_id == agent_id)
    row = (await conn.execute(select(waiting, mine).where(conversations.c.owner != "bot"))).one()
    return {"queue": row[0], "mine": row[1]}


async def read_card(conn: AsyncConnection, customer_id: UUID) -> Card | None:
    """Who this customer is and who speaks with him; None: no such customer."""
    found = await conn.execute(
        select(
            customers.c.id,
            customers.c.display_name,
            conversations.c.owner,
            conversations.c.agent_id,
            agents.c.name,
            conversations.c.reason,
            conversations.c.owner_since,
            conversations.c.status,
        )
        .join(conversations, conversations.c.customer_id == customers.c.id)
        .outerjoin(agents, agents.c.id == conversations.c.agent_id)
        .where(customers.c.id == customer_id)
    )
    row = found.one_or_none()
    if row is None:
        return None
    reached = await conn.execute(
        select(
            addresses.c.id,
            addresses.c.channel,
            _LABEL.label("label"),
            addresses.c.opted_out_at,
            addresses.c.undeliverable,
        )
        .where(addresses.c.customer_id == customer_id)
        .order_by(addresses.c.created_at)
    )
    return Card(
        customer_id=CustomerId(row.id),
        display_name=row.display_name,
        owner=row.owner,
        agent_id=row.agent_id,
        agent_name=row.name,
        reason=row.reason,
        since=row.owner_since,
        status=row.status,
        addresses=tuple(CustomerAddress(**address._mapping) for address in reached),
    )


async def list_unanswered(conn: AsyncConnection, customer_id: UUID) -> list[Unanswered]:
    """Accepted messages of a customer that are not in the thread yet (waiting or dead), oldest first."""
    found = await conn.execute(
        select(
            inbox.c.id.label("inbox_id"),
            addresses.c.channel,
            inbox.c.kind,
            inbox.c.text,
            inbox.c.content,
            inbox.c.received_at.label("at"),
            (inbox.c.status == "dead").label("dead"),
        )
        .join(
            addresses,
            (addresses.c.connector == inbox.c.connector)
            & (addresses.c.account == inbox.c.account)
            & (addresses.c.key == inbox.c.address_key)
            & (
                (inbox.c.address_id == addresses.c.id)
                | (inbox.c.address_id.is_(None) & addresses.c.valid_to.is_(None))
            ),
        )
        .outerjoin(messages, messages.c.inbox_id == inbox.c.id)
        .where(
            addresses.c.customer_id == customer_id,
            inbox.c.status.in_(("pending", "dead")),
            messages.c.id.is_(None),
        )
        .order_by(inbox.c.id)
        .limit(50)
    )
    return [Unanswered(**row._mapping) for row in found]


_SPOKEN_OF = text(
    """
    select m.text, m.kind, m.direction, i.provider_message_id as heard, o.provider_message_id as sent,
           m.content -> 'detail' ->> 'message' as named
      from messages m left join inbox i on i.id = m.inbox_id left join outbox o on o.message_id = m.id
     where m.customer_id = :customer and m.kind not in ('reaction', 'edit', 'revoke')
       and (i.provider_message_id = any(:ids) or o.provider_message_id = any(:ids)
            or m.content -> 'detail' ->> 'message' = any(:ids))
    """
).bindparams(bindparam("ids", type_=ARRAY(Text)))


async def spoken_of(conn: AsyncConnection, customer_id: UUID, ids: Collection[str]) -> dict[str, str]:
    """The texts of those messages that a customer answered, changed or took back, by the platform's ids."""
    if not ids:
        return {}
    found = await conn.execute(_SPOKEN_OF, {"customer": customer_id, "ids": list(ids)})
    return {
        name: row.text or f"[{row.kind}]"
        for row in found
        for name in (row.heard, row.sent, row.named)
        if name in ids
    }


async def set_resolved(conn: AsyncConnection, customer_id: UUID) -> bool:
    """Marks a conversation the bot owns as resolved."""
    done = await conn.execute(
        update(conversations)
        .where(conversations.c.customer_id == customer_id, conversations.c.owner == "bot")
        .values(status="resolved")
    )
    return bool(done.rowcount)


async def list_version(conn: AsyncConnection) -> str:
    """Changes whenever the lists of waiting and taken conversations may have changed."""
    found = await conn.execute(
        select(
            func.concat_ws(
                ".",
                func.count(),
                func.max(conversations.c.owner_since),
                func.sum(threads.c.last_seq),
                func.md5(func.string_agg(func.concat(conversations.c.owner, conversations.c.agent_id), ",")),
            )
        )
        .select_from(conversations.join(threads, threads.c.customer_id == conversations.c.customer_id))
        .where(conversations.c.owner != "bot")
    )
    return str(found.scalar_one())


async def thread_version(conn: AsyncConnection, customer_id: UUID) -> str:
    """Changes whenever a thread, its deliveries, its owner or what waits for it may have changed."""
    found = await conn.execute(_THREAD_VERSION, {"customer": customer_id})
    return str(found.scalar_one_or_none() or "")


_THREAD_VERSION = text(
    """
    select concat_ws('.', t.last_seq, c.owner, c.agent_id, c.status,
        (select max(o.updated_at) from outbox o where o.customer_id = t.customer_id),
        (select string_agg(concat(a.opted_out_at, a.undeliverable), ',' order by a.id)
           from addresses a where a.customer_id = t.customer_id),
        (select count(*) filter (where m.status = 'waiting') || '/' || count(*) from media m
          where m.customer_id = t.customer_id),
        (select count(*) from inbox i join addresses a on a.connector = i.connector
           and a.account = i.account and a.key = i.address_key and a.valid_to is null
          where a.customer_id = t.customer_id and i.status = 'pending'))
      from threads t join conversations c on c.customer_id = t.customer_id
     where t.customer_id = :customer
    """
)
