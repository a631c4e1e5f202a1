"""Who owns a conversation: bot, queue or agent. A change is a conditional update, so one of two wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, AgentId, CustomerId
from onethread.storage import driver
from onethread.storage.tables import addresses, agents, conversations, customers, messages, threads

Owner = Literal["bot", "queue", "agent"]


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who answers this customer, and since when."""

    owner: Owner
    agent_id: AgentId | None
    reason: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Fence:
    """What may be said at the end of a turn, read under a lock that holds until the commit."""

    owner: Owner
    opted_out: bool
    status: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One customer who needs, or has, a person."""

    customer_id: CustomerId
    owner: Owner
    agent_id: AgentId | None
    agent_name: str | None
    reason: str | None
    since: datetime
    display_name: str
    channel: str | None
    address_label: str
    last_text: str
    last_at: datetime | None
    last_seq: int


_HOLD_OWNER = """
select c.owner, a.opted_out_at is not null as opted_out, c.status
from conversations c join addresses a on a.id = %(address_id)s
where c.customer_id = %(customer_id)s
for no key update of c
"""


async def read_owner(conn: AsyncConnection, customer_id: CustomerId) -> Ownership | None:
    """Who owns the conversation now; None: no such customer."""
    found = await conn.execute(
        select(
            conversations.c.owner,
            conversations.c.agent_id,
            conversations.c.reason,
            conversations.c.owner_since,
        ).where(conversations.c.customer_id == customer_id)
    )
    row = found.one_or_none()
    return None if row is None else Ownership(row.owner, row.agent_id, row.reason, row.owner_since)


async def hold_owner(conn: AsyncConnection, customer_id: CustomerId, address_id: AddressId) -> Fence:
    """Read owner and opt-out again and keep the owner as it is until this transaction ends."""
    (fence,) = await driver.fetch_as(
        conn, Fence, _HOLD_OWNER, {"customer_id": customer_id, "address_id": address_id}
    )
    return fence


async def hold_agent(conn: AsyncConnection, customer_id: CustomerId, agent_id: AgentId) -> bool:
    """Whether this agent owns the conversation; nobody can take it until this transaction ends."""
    found = await conn.execute(
        select(conversations.c.agent_id)
        .where(conversations.c.customer_id == customer_id)
        .with_for_update(key_share=True)
    )
    return bool(found.scalar_one_or_none() == agent_id)


async def agent_name(conn: AsyncConnection, agent_id: AgentId) -> str:
    """How this agent is called before customers."""
    found = await conn.execute(select(agents.c.name).where(agents.c.id == agent_id))
    return found.scalar_one_or_none() or ""


async def set_owner(
    conn: AsyncConnection,
    customer_id: CustomerId,
    owner: Owner,
    *,
    agent_id: UUID | None = None,
    reason: str | None = None,
    expected: tuple[Owner, ...] | None = None,
    expected_agent: UUID | None = None,
) -> bool:
    """Change the owner if it is still one of `expected` (and that agent's); False: somebody was faster."""
    change = update(conversations).where(conversations.c.customer_id == customer_id)
    if expected is not None:
        change = change.where(conversations.c.owner.in_(expected))
    if expected_agent is not None:
        change = change.where(conversations.c.agent_id == expected_agent)
    done = await conn.execute(
        change.values(
            owner=owner,
            agent_id=agent_id if owner == "agent" else None,
            reason=reason,
            owner_since=func.clock_timestamp(),
            status="open",
        )
    )
    return bool(done.rowcount)


async def reopen(conn: AsyncConnection, customer_id: CustomerId) -> None:
    """The customer wrote again: what was resolved or put aside is open, whoever owns it."""
    await conn.execute(
        update(conversations).where(conversations.c.customer_id == customer_id).values(status="open")
    )


async def list_waiting(conn: AsyncConnection, limit: int = 100) -> list[Waiting]:
    """Everybody whose conversation is not the bot's, who waits longest first."""
    last = (
        select(
            messages.c.customer_id,
            messages.c.text,
            messages.c.created_at,
            messages.c.channel,
            messages.c.address_id,
        )
        .where(messages.c.customer_id == conversations.c.customer_id, messages.c.direction == "in")
        .order_by(messages.c.seq.desc())
        .limit(1)
        .lateral("last")
    )
    found = await conn.execute(
        select(
            conversations.c.customer_id,
            conversations.c.owner,
            conversations.c.agent_id,
            agents.c.name.label("agent_name"),
            conversations.c.reason,
            conversations.c.owner_since.label("since"),
            customers.c.display_name,
            last.c.channel,
            func.coalesce(addresses.c.phone, addresses.c.display_name, "").label("address_label"),
            func.coalesce(last.c.text, "").label("last_text"),
            last.c.created_at.label("last_at"),
            threads.c.last_seq,
        )
        .join(customers, customers.c.id == conversations.c.customer_id)
        .join(threads, threads.c.customer_id == conversations.c.customer_id)
        .outerjoin(agents, agents.c.id == conversations.c.agent_id)
        .outerjoin(last, last.c.customer_id == conversations.c.customer_id)
        .outerjoin(
            addresses,
            and_(addresses.c.id == last.c.address_id),
        )
        .where(conversations.c.owner != "bot")
        .order_by(conversations.c.owner_since, conversations.c.customer_id)
        .limit(limit)
    )
    return [Waiting(**row._mapping) for row in found]
