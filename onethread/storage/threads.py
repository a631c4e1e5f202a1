"""The thread of a customer: numbered in the order of commits, read by web chat and desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, and_, case, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Button
from onethread.ids import AddressId, AgentId, CustomerId, InboxId, MessageId, TurnId
from onethread.storage.tables import agents, inbox, messages, outbox, threads

Direction = Literal["in", "out", "note"]
Author = Literal["customer", "bot", "agent", "house"]

_LATEST = 100
"""Messages looked at when only a short time counts: no history is read whole."""


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
    """The newest `limit` messages (before a number), in order; of joined threads in order of time."""
    query = _shown(customer_id, address_id, notes)
    if await _is_joined(conn, customer_id):
        place = tuple_(messages.c.created_at, messages.c.seq)
        if before_seq is not None:
            query = query.where(place < await _place(conn, customer_id, before_seq))
        query = query.order_by(messages.c.created_at.desc(), messages.c.seq.desc())
    else:
        if before_seq is not None:
            query = query.where(messages.c.seq < before_seq)
        query = query.order_by(messages.c.seq.desc())
    return [_message(row) for row in await conn.execute(query.limit(limit))][::-1]


async def _is_joined(conn: AsyncConnection, customer_id: CustomerId) -> bool:
    """Whether messages of another thread stand in this one; their numbers do not follow time."""
    found = await conn.execute(
        select(messages.c.id)
        .where(messages.c.customer_id == customer_id, messages.c.home_seq.is_not(None))
        .limit(1)
    )
    return found.first() is not None


async def _place(conn: AsyncConnection, customer_id: CustomerId, seq: int) -> Any:
    """Where a message stands in the order of time; nothing is before one that is not there."""
    found = await conn.execute(
        select(messages.c.created_at).where(messages.c.customer_id == customer_id, messages.c.seq == seq)
    )
    return tuple_(found.scalar_one_or_none() or datetime.min.replace(tzinfo=UTC), seq)


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
            Button(title=button["title"], tap=tap_id(row.home_seq or row.seq, number))
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


async def spoken_at(conn: AsyncConnection, address_id: AddressId, seq: int) -> Spoken | None:
    """The bot's message that had this number when it was said at this address."""
    found = await conn.execute(
        select(messages.c.seq, messages.c.turn_id, messages.c.content).where(
            messages.c.address_id == address_id,
            or_(
                and_(messages.c.seq == seq, messages.c.home_seq.is_(None)),
                messages.c.home_seq == seq,
            ),
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


async def was_said(conn: AsyncConnection, address_id: AddressId, response: str, since: datetime) -> bool:
    """Whether this response was said since a time, among the newest messages at this address."""
    latest = (
        select(messages.c.direction, messages.c.created_at, messages.c.content)
        .where(messages.c.address_id == address_id)
        .order_by(messages.c.seq.desc())
        .limit(_LATEST)
        .subquery()
    )
    found = await conn.execute(
        select(latest.c.created_at)
        .where(
            latest.c.direction == "out",
            latest.c.created_at > since,
            latest.c.content["response"].astext == response,
        )
        .limit(1)
    )
    return found.first() is not None
