"""The thread of a customer: numbered in the order of commits, read by web chat and desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, and_, case, func, insert, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Button
from onethread.ids import AddressId, AgentId, CustomerId, InboxId, MessageId, TurnId
from onethread.storage.tables import agents, inbox, messages, outbox, threads

Direction = Literal["in", "out", "note"]
Author = Literal["customer", "bot", "agent", "house"]


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One message about to get its number."""

    id: MessageId
    direction: Direction
    author: Author
    text: str
    address_id: AddressId | None = None
    channel: str | None = None
    kind: str = "text"
    content: Mapping[str, object] = field(default_factory=dict)
    inbox_id: InboxId | None = None
    turn_id: TurnId | None = None
    agent_id: AgentId | None = None
    request_id: UUID | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message as people see it. `delivery` is the state of its least advanced part."""

    id: MessageId
    seq: int
    direction: Direction
    author: Author
    agent_id: AgentId | None
    agent_name: str | None
    address_id: AddressId | None
    channel: str | None
    kind: str
    text: str
    buttons: tuple[Button, ...]
    content: Mapping[str, Any]
    client_id: str | None
    turn_id: TurnId | None
    created_at: datetime
    delivery: str | None


@dataclass(frozen=True, slots=True)
class PendingMessage:
    """Accepted, but its turn is not finished: not in the thread yet."""

    client_id: str
    text: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Spoken:
    """A bot's message with its stored choices."""

    seq: int
    turn_id: TurnId | None
    buttons: tuple[Mapping[str, str], ...]


def tap_id(seq: int, number: int) -> str:
    """The opaque id of a button: its message's place in the thread and its number from 1."""
    return f"m{seq}.{number}"


async def append(conn: AsyncConnection, customer_id: CustomerId, rows: Sequence[NewMessage]) -> list[int]:
    """Number and store messages; returns the numbers. Call it last: the counter stays locked until commit."""
    if not rows:
        return []
    bumped = await conn.execute(
        update(threads)
        .where(threads.c.customer_id == customer_id)
        .values(last_seq=threads.c.last_seq + len(rows))
        .returning(threads.c.last_seq)
    )
    first = bumped.scalar_one() - len(rows) + 1
    await conn.execute(
        insert(messages).values(
            [
                {
                    "id": row.id,
                    "customer_id": customer_id,
                    "seq": first + place,
                    "direction": row.direction,
                    "author": row.author,
                    "agent_id": row.agent_id,
                    "address_id": row.address_id,
                    "channel": row.channel,
                    "kind": row.kind,
                    "text": row.text,
                    "content": dict(row.content),
                    "inbox_id": row.inbox_id,
                    "turn_id": row.turn_id,
                    "request_id": row.request_id,
                    "created_at": func.clock_timestamp() if row.created_at is None else row.created_at,
                }
                for place, row in enumerate(rows)
            ]
        )
    )
    return [first + place for place in range(len(rows))]


_RANK = case(
    {
        "failed": 0,
        "suppressed": 1,
        "held": 2,
        "unknown": 3,
        "queued": 4,
        "sending": 5,
        "sent": 6,
        "delivered": 7,
        "read": 8,
    },
    value=outbox.c.status,
)
_DELIVERY = (
    select(outbox.c.status)
    .where(outbox.c.message_id == messages.c.id)
    .order_by(_RANK)
    .limit(1)
    .scalar_subquery()
)


def _shown(customer_id: CustomerId, address_id: AddressId | None, notes: bool) -> Select[Any]:
    query = (
        select(
            messages,
            agents.c.name.label("agent_name"),
            inbox.c.provider_message_id.label("client_id"),
            _DELIVERY.label("delivery"),
        )
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .outerjoin(inbox, inbox.c.id == messages.c.inbox_id)
        .where(messages.c.customer_id == customer_id)
    )
    if address_id is not None:
        query = query.where(messages.c.address_id == address_id)
    return query if notes else query.where(messages.c.direction != "note")


async def read_thread(
    conn: AsyncConnection,
    customer_id: CustomerId,
    after_seq: int = 0,
    limit: int = 200,
    *,
    address_id: AddressId | None = None,
    notes: bool = False,
) -> list[ThreadMessage]:
    """Messages after a number, in order; only those of one address, and with people's notes, when asked."""
    query = _shown(customer_id, address_id, notes).where(messages.c.seq > after_seq)
    return [_message(row) for row in await conn.execute(query.order_by(messages.c.seq).limit(limit))]


async def read_latest(
    conn: AsyncConnection,
    customer_id: CustomerId,
    limit: int = 50,
    before_seq: int | None = None,
    *,
    address_id: AddressId | None = None,
    notes: bool = False,
) -> list[ThreadMessage]:
    """The newest `limit` messages (before a number), in order."""
    query = _shown(customer_id, address_id, notes)
    if before_seq is not None:
        query = query.where(messages.c.seq < before_seq)
    found = await conn.execute(query.order_by(messages.c.seq.desc()).limit(limit))
    return [_message(row) for row in found][::-1]


def _message(row: Any) -> ThreadMessage:
    buttons = row.content.get("buttons", ())
    return ThreadMessage(
        id=row.id,
        seq=row.seq,
        direction=row.direction,
        author=row.author,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        address_id=row.address_id,
        channel=row.channel,
        kind=row.kind,
        text=row.text,
        buttons=tuple(
            Button(title=button["title"], tap=tap_id(row.seq, number))
            for number, button in enumerate(buttons, 1)
        ),
        content=row.content,
        client_id=row.client_id,
        turn_id=row.turn_id,
        created_at=row.created_at,
        delivery=row.delivery,
    )


async def find_request(conn: AsyncConnection, request_id: UUID) -> ThreadMessage | None:
    """The message that this press of send already made."""
    found = await conn.execute(
        select(
            messages,
            agents.c.name.label("agent_name"),
            inbox.c.provider_message_id.label("client_id"),
            _DELIVERY.label("delivery"),
        )
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .outerjoin(inbox, inbox.c.id == messages.c.inbox_id)
        .where(messages.c.request_id == request_id)
    )
    row = found.one_or_none()
    return None if row is None else _message(row)


async def last_seq(conn: AsyncConnection, customer_id: CustomerId) -> int:
    """The newest number of a thread; 0 when it is empty or unknown."""
    found = await conn.execute(select(threads.c.last_seq).where(threads.c.customer_id == customer_id))
    return found.scalar_one_or_none() or 0


async def read_pending(
    conn: AsyncConnection, connector: str, account: str, address_key: str
) -> list[PendingMessage]:
    """What an address sent that no turn has finished yet and that is not in the thread."""
    found = await conn.execute(
        select(inbox.c.provider_message_id, inbox.c.text, inbox.c.received_at)
        .where(
            inbox.c.connector == connector,
            inbox.c.account == account,
            inbox.c.address_key == address_key,
            inbox.c.status == "pending",
            ~inbox.c.apologised,
        )
        .order_by(inbox.c.id)
    )
    return [PendingMessage(row.provider_message_id, row.text, row.received_at) for row in found]


async def last_spoken(conn: AsyncConnection, address_id: AddressId, at: datetime) -> tuple[Spoken, ...]:
    """What the bot's latest turn before `at` said at this address, and the house since then, in order."""
    found = await conn.execute(
        select(messages.c.seq, messages.c.turn_id, messages.c.content, messages.c.author)
        .where(
            messages.c.address_id == address_id,
            messages.c.direction == "out",
            messages.c.author.in_(("bot", "house")),
            messages.c.created_at < at,
        )
        .order_by(messages.c.seq.desc())
        .limit(6)
    )
    rows = found.all()
    turn = next((row.turn_id for row in rows if row.author == "bot"), None)
    first = min((row.seq for row in rows if row.author == "bot" and row.turn_id == turn), default=0)
    return tuple(_spoken(row) for row in reversed(rows) if row.seq >= first)


async def spoken_at(conn: AsyncConnection, customer_id: CustomerId, seq: int) -> Spoken | None:
    """The bot's message with this number."""
    found = await conn.execute(
        select(messages.c.seq, messages.c.turn_id, messages.c.content).where(
            messages.c.customer_id == customer_id,
            messages.c.seq == seq,
            messages.c.direction == "out",
        )
    )
    row = found.one_or_none()
    return None if row is None else _spoken(row)


def _spoken(row: Any) -> Spoken:
    return Spoken(row.seq, row.turn_id, tuple(row.content.get("buttons", ())))


@dataclass(frozen=True, slots=True)
class Recent:
    """What the brakes look at: turns answered, and the newest texts heard, newest first."""

    answered: int
    heard: tuple[str, ...]


async def recent(conn: AsyncConnection, address_id: AddressId, since: datetime) -> Recent:
    """What happened at this address since a time."""
    at_address = and_(messages.c.address_id == address_id, messages.c.created_at > since)
    answered = (
        select(func.count(messages.c.turn_id.distinct()))
        .where(at_address, messages.c.direction == "out", messages.c.author == "bot")
        .scalar_subquery()
    )
    heard = (
        select(messages.c.text, messages.c.seq)
        .where(
            at_address,
            messages.c.direction == "in",
            messages.c.kind == "text",
            ~messages.c.content.has_key("chosen"),
        )
        .order_by(messages.c.seq.desc())
        .limit(2)
        .subquery()
    )
    newest = select(func.array_agg(aggregate_order_by(heard.c.text, heard.c.seq.desc())))
    found = await conn.execute(select(answered, newest.scalar_subquery()))
    count, texts = found.one()
    return Recent(count, tuple(texts or ()))


async def was_said(conn: AsyncConnection, address_id: AddressId, response: str, since: datetime) -> bool:
    """Whether this response was said at this address since a time."""
    found = await conn.execute(
        select(messages.c.seq)
        .where(
            messages.c.address_id == address_id,
            messages.c.direction == "out",
            messages.c.created_at > since,
            messages.c.content["response"].astext == response,
        )
        .limit(1)
    )
    return found.first() is not None
