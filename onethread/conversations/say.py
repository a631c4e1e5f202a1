"""Writes messages into the thread, and what must leave into the outbox: last before a commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Connector
from onethread.conversations.heard import heard_at
from onethread.dialogue.compose import Draft, content_of, outbound
from onethread.ids import AgentId, InboxId, MessageId, Oid, TurnId
from onethread.storage import media, outbox, pages, threads
from onethread.storage.addresses import KnownAddress
from onethread.storage.inbox import Pending
from onethread.storage.turns import NewTurn

Connectors = Mapping[tuple[str, str], Connector]


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happened at one address in one transaction: heard first, then said."""

    address: KnownAddress
    heard: Sequence[Pending] = ()
    said: Sequence[Draft] = ()
    turn_id: TurnId | None = None
    turn: NewTurn | None = None
    answered: Sequence[InboxId] = ()
    """What this turn is the answer to."""
    agent_id: AgentId | None = None
    request_id: UUID | None = None
    marks: Mapping[str, object] = field(default_factory=dict)
    """Kept with what was heard, e.g. that it was a choice."""


async def write(conn: AsyncConnection, connectors: Connectors, chapter: Chapter) -> list[int]:
    """Number, store and queue a chapter; returns the numbers of its messages.

    What was held until the customer writes goes out before what is said now.
    """
    at = heard_at(chapter.heard)
    rows = [*_heard(chapter), *_said(chapter)]
    numbers = await pages.take_numbers(
        conn, chapter.address.customer_id, len(rows), address_id=chapter.address.id, heard_at=at
    )
    if with_files := [row.id for row in chapter.heard if row.content.get("media")]:
        await media.give_to(conn, numbers.customer_id, with_files)
    page = pages.Page(
        customer_id=numbers.customer_id,
        address_id=chapter.address.id,
        first=numbers.first,
        messages=rows,
        sends=_sends(connectors, chapter, rows[len(chapter.heard) :], numbers.first + len(chapter.heard)),
        release=at is not None,
        turn_id=chapter.turn_id,
        turn=chapter.turn,
        answered=chapter.answered,
    )
    await pages.put(conn, page)
    return list(range(numbers.first, numbers.first + len(rows)))


def _sends(
    connectors: Connectors, chapter: Chapter, rows: Sequence[threads.NewMessage], first: int
) -> list[pages.NewSend]:
    """What is said as the door renders it; `first`: the number of the first of these messages."""
    door = connectors[chapter.address.connector, chapter.address.account]
    return [
        pages.NewSend(Oid(uuid4().hex), row.id, draft.purpose, outbox.part_to_json(part))
        for number, (draft, row) in enumerate(zip(chapter.said, rows, strict=True), first)
        for part in door.render(outbound(draft, number))
    ]


def _heard(chapter: Chapter) -> list[threads.NewMessage]:
    return [
        threads.NewMessage(
            id=MessageId(uuid4()),
            direction="in",
            author="customer",
            text=row.text,
            address_id=row.address_id,
            channel=chapter.address.channel,
            kind=row.kind,
            content={
                **{key: value for key, value in row.content.items() if key != "profile"},
                **chapter.marks,
            },
            inbox_id=row.id,
            turn_id=chapter.turn_id,
            created_at=row.received_at,
        )
        for row in chapter.heard
    ]


def _said(chapter: Chapter) -> list[threads.NewMessage]:
    return [
        threads.NewMessage(
            id=MessageId(uuid4()),
            direction="out",
            author=draft.author,
            text=draft.plain,
            address_id=chapter.address.id,
            channel=chapter.address.channel,
            content=content_of(draft),
            turn_id=chapter.turn_id,
            agent_id=chapter.agent_id,
            request_id=chapter.request_id,
        )
        for draft in chapter.said
    ]
