"""What the web chat reads and keeps: its sessions, and one session's own view of the thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId
from onethread.storage.media import UPLOADED
from onethread.storage.tables import (
    addresses,
    agents,
    conversations,
    customers,
    inbox,
    media,
    messages,
    outbox,
    webchat_sessions,
)

CONNECTOR = "webchat"
_NOT_SHOWN = frozenset({"suppressed", "failed"})
_TOUCH_EVERY = text("interval '1 minute'")


@dataclass(frozen=True, slots=True)
class View:
    """Whose thread a session sees, and who speaks for the shop in it."""

    customer_id: CustomerId
    address_id: AddressId
    owner: str
    agent: str | None
    opted_out: bool
    seen: int
    """Number of the newest message after which whoever answers has written, or taken the thread over."""
    moved_at: datetime | None = None
    """When this address became this customer's, if it was another's: its messages are numbered anew."""
    language: str | None = None
    """What the customer is written to in; None: nobody knows yet."""


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file that came or went with a message."""

    id: str
    name: str
    content_type: str
    size: int | None


@dataclass(frozen=True, slots=True)
class ShownSpan:
    """Something bold, or a link, in a text; offsets in UTF-16 units, as the page counts."""

    start: int
    end: int
    link: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One sent piece of a message, as rendered for this channel."""

    oid: str
    text: str
    buttons: tuple[tuple[str, str], ...]
    """(title, tap id)"""
    read: bool
    spans: tuple[ShownSpan, ...] = ()
    files: tuple[ShownFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the thread as its customer may see it."""

    seq: int
    incoming: bool
    author: str
    agent: str | None
    text: str
    at: datetime
    provider_message_id: str | None
    parts: tuple[ShownPart, ...]
    files: tuple[ShownFile, ...] = ()
    """What came with it; what we send is in `parts`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that was accepted and is not in the thread yet."""

    provider_message_id: str
    text: str
    at: datetime
    files: tuple[ShownFile, ...] = ()


async def create_session(
    conn: AsyncConnection, *, token_hash: bytes, address_key: str, absolute_s: int
) -> None:
    """Keeps a new session; it ends `absolute_s` seconds from now at the latest."""
    await conn.execute(
        insert(webchat_sessions).values(
            token_hash=token_hash,
            address_key=address_key,
            expires_at=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, absolute_s),
        )
    )


async def find_session(conn: AsyncConnection, *, token_hash: bytes, idle_s: int) -> str | None:
    """The address key of a living session, which counts as used now; None when there is none."""
    table = webchat_sessions.c
    alive = and_(
        table.token_hash == token_hash,
        table.expires_at > func.now(),
        table.last_seen_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, idle_s),
    )
    row = (
        await conn.execute(
            select(table.address_key, (table.last_seen_at < func.now() - _TOUCH_EVERY).label("stale")).where(
                alive
            )
        )
    ).one_or_none()
    if row is None:
        return None
    if row.stale:
        await conn.execute(
            update(webchat_sessions).where(table.token_hash == token_hash).values(last_seen_at=func.now())
        )
    return str(row.address_key)


async def view_of(conn: AsyncConnection, *, account: str, address_key: str) -> View | None:
    """Whose thread this address belongs to now; None before its first message is answered."""
    row = (
        await conn.execute(
            select(
                addresses.c.customer_id,
                addresses.c.id,
                addresses.c.opted_out_at,
                conversations.c.owner,
                agents.c.name,
                _seen().label("seen"),
                addresses.c.moved_at,
                customers.c.language,
            )
            .select_from(
                addresses.join(customers, customers.c.id == addresses.c.customer_id)
                .outerjoin(conversations, conversations.c.customer_id == addresses.c.customer_id)
                .outerjoin(agents, agents.c.id == conversations.c.agent_id)
            )
            .where(
                addresses.c.connector == CONNECTOR,
                addresses.c.account == account,
                addresses.c.key == address_key,
                addresses.c.valid_to.is_(None),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return View(
        customer_id=CustomerId(row.customer_id),
        address_id=AddressId(row.id),
        owner=row.owner or "bot",
        agent=row.name,
        opted_out=row.opted_out_at is not None,
        seen=row.seen or 0,
        moved_at=row.moved_at,
        language=row.language,
    )


def _seen() -> Any:
    mine = messages.c.customer_id == addresses.c.customer_id
    answered = and_(messages.c.direction == "out", messages.c.author.in_(("bot", "agent")))
    # Nobody takes a thread over without having it open.
    opened = and_(
        messages.c.direction == "in",
        conversations.c.owner == "agent",
        messages.c.created_at <= conversations.c.owner_since,
    )
    newest = [
        select(messages.c.seq)
        .where(mine, which)
        .order_by(messages.c.seq.desc())
        .limit(1)
        .correlate(addresses, conversations)
        .scalar_subquery()
        for which in (answered, opened)
    ]
    return func.greatest(*newest)


def _sent_parts() -> Any:
    # One row per message, whatever the number of its parts.
    return (
        select(
            func.jsonb_agg(
                aggregate_order_by(
                    func.jsonb_build_object(
                        "oid", outbox.c.oid, "part", outbox.c.part, "status", outbox.c.status
                    ),
                    outbox.c.id,
                )
            )
        )
        .where(outbox.c.message_id == messages.c.id, outbox.c.address_id == messages.c.address_id)
        .correlate(messages)
        .scalar_subquery()
    )


async def lines_after(
    conn: AsyncConnection, view: View, *, seq: int, limit: int = 100
) -> tuple[list[Line], int]:
    """Lines of this address after `seq`, in order, and the number up to which all is told.

    Stops before a message that is still queued: it must not be overtaken by a later one and then skipped.
    """
    rows = (
        await conn.execute(
            select(
                messages.c.seq,
                messages.c.direction,
                messages.c.author,
                agents.c.name,
                messages.c.text,
                messages.c.created_at,
                messages.c.content,
                inbox.c.provider_message_id,
                _sent_parts().label("sent"),
            )
            .select_from(
                messages.outerjoin(agents, agents.c.id == messages.c.agent_id).outerjoin(
                    inbox, inbox.c.id == messages.c.inbox_id
                )
            )
            .where(
                messages.c.customer_id == view.customer_id,
                messages.c.seq > seq,
                messages.c.address_id == view.address_id,
                messages.c.direction.in_(("in", "out")),
            )
            .order_by(messages.c.seq)
            .limit(limit)
        )
    ).all()
    lines: list[Line] = []
    told = seq
    for row in rows:
        sent: Sequence[Mapping[str, Any]] = row.sent or ()
        if any(piece["status"] == "queued" for piece in sent):
            break
        told = row.seq
        files = _files(row.content)
        shown = _parts(sent, files)
        if row.direction == "out" and not shown:
            continue
        lines.append(
            Line(
                seq=row.seq,
                incoming=row.direction == "in",
                author=row.author,
                agent=row.name,
                text=row.text,
                at=row.created_at,
                provider_message_id=row.provider_message_id,
                parts=shown,
                files=files if row.direction == "in" else (),
            )
        )
    return lines, told


def _parts(sent: Sequence[Mapping[str, Any]], files: Sequence[ShownFile]) -> tuple[ShownPart, ...]:
    """The pieces that are shown. Files stand in the thread in the order of their pieces."""
    rest = iter(files)
    parts = []
    for piece in sent:
        part = piece["part"]
        shown = ShownPart(
            oid=piece["oid"],
            text=part.get("text", ""),
            buttons=tuple((button["title"], button["tap"]) for button in part.get("buttons") or ()),
            read=piece["status"] == "read",
            spans=tuple(
                ShownSpan(span["start"], span["end"], span.get("link") or "")
                for span in part.get("spans") or ()
            ),
            files=tuple(islice(rest, len(part.get("media") or ()))),
        )
        if piece["status"] not in _NOT_SHOWN:
            parts.append(shown)
    return tuple(parts)


def _files(content: Mapping[str, Any]) -> tuple[ShownFile, ...]:
    return tuple(
        ShownFile(
            id=str(item.get("id") or str(item.get("ref", "")).removeprefix(UPLOADED)),
            name=item.get("file_name") or "",
            content_type=item.get("content_type") or "",
            size=item.get("size"),
        )
        for item in content.get("media") or ()
    )


async def waiting_of(conn: AsyncConnection, *, account: str, address_key: str) -> list[Waiting]:
    """What this session sent and no turn has taken up yet, oldest first."""
    rows = await conn.execute(
        select(inbox.c.provider_message_id, inbox.c.text, inbox.c.received_at, inbox.c.content)
        .where(
            inbox.c.connector == CONNECTOR,
            inbox.c.account == account,
            inbox.c.address_key == address_key,
            inbox.c.status == "pending",
            # With an apology the message itself went into the thread.
            ~inbox.c.apologised,
        )
        .order_by(inbox.c.id)
        .limit(100)
    )
    return [Waiting(row.provider_message_id, row.text, row.received_at, _files(row.content)) for row in rows]


async def read_uploads(
    conn: AsyncConnection, *, account: str, address_key: str, ids: Sequence[UUID]
) -> dict[UUID, ShownFile]:
    """What this session uploaded of these."""
    rows = await conn.execute(
        select(media.c.id, media.c.file_name, media.c.content_type, media.c.size).where(
            media.c.id.in_(ids),
            media.c.connector == CONNECTOR,
            media.c.account == account,
            media.c.ref == address_key,
            media.c.direction == "in",
        )
    )
    return {row.id: ShownFile(str(row.id), row.file_name, row.content_type, row.size) for row in rows}


async def may_read(conn: AsyncConnection, *, account: str, address_key: str, media_id: UUID) -> bool:
    """Whether a file is this session's own, or went to it in a message that it was shown."""
    if await read_uploads(conn, account=account, address_key=address_key, ids=[media_id]):
        return True
    sent = (
        select(messages.c.id)
        .join(addresses, addresses.c.id == messages.c.address_id)
        .join(outbox, and_(outbox.c.message_id == messages.c.id, outbox.c.address_id == addresses.c.id))
        .where(
            addresses.c.connector == CONNECTOR,
            addresses.c.account == account,
            addresses.c.key == address_key,
            addresses.c.valid_to.is_(None),
            messages.c.direction == "out",
            outbox.c.status.not_in((*_NOT_SHOWN, "queued")),
            messages.c.content["media"].contains([{"id": str(media_id)}]),
        )
        .limit(1)
    )
    return (await conn.execute(sent)).first() is not None


async def versions(conn: AsyncConnection, *, account: str, address_keys: Sequence[str]) -> dict[str, str]:
    """A token per session that changes whenever its view may have changed (one query for all of them)."""
    if not address_keys:
        return {}
    rows = await conn.execute(_VERSIONS, {"account": account, "keys": list(address_keys)})
    return {row.key: row.version for row in rows}


_VERSIONS = text(
    """
    select k.key,
           concat_ws('.', t.customer_id, a.moved_at, t.last_seq, c.owner, c.agent_id, c.owner_since,
             a.opted_out_at is not null, p.language,
             (select count(*) from inbox i
               where i.status = 'pending' and i.connector = 'webchat' and i.account = :account
                 and i.address_key = k.key),
             (select count(*) from outbox o
               where o.address_id = a.id and o.status in ('queued', 'sending'))) as version
      from unnest(cast(:keys as text[])) as k(key)
      left join addresses a on a.connector = 'webchat' and a.account = :account and a.key = k.key
       and a.valid_to is null
      left join threads t on t.customer_id = a.customer_id
      left join conversations c on c.customer_id = a.customer_id
      left join customers p on p.id = a.customer_id
    """
)
