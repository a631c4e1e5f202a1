"""What a turn, or a person, leaves behind, in the two statements before a commit: numbers, then everything.

The whole goes over as JSON, so that one statement, planned once, does for any number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from psycopg.types.numeric import Int8
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, CustomerId, InboxId, MessageId, Oid, TurnId
from onethread.storage import driver
from onethread.storage.addresses import living
from onethread.storage.outbox import Purpose
from onethread.storage.threads import NewMessage
from onethread.storage.turns import NewTurn


@dataclass(frozen=True, slots=True)
class NewSend:
    """One rendered request to a platform, of one message."""

    oid: Oid
    message_id: MessageId
    purpose: Purpose
    part: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """All that is written at once: of one customer, at one address."""

    customer_id: CustomerId
    address_id: AddressId | None
    """None: of none, as a note for people is."""
    first: int
    """The number of the first message."""
    messages: Sequence[NewMessage] = ()
    sends: Sequence[NewSend] = ()
    """In the order they are to leave."""
    release: bool = False
    """The customer wrote: what was held for that is queued. Before `sends`, for its rows are older."""
    turn_id: TurnId | None = None
    turn: NewTurn | None = None
    """Set when Rasa was asked."""
    answered: Sequence[InboxId] = ()
    """What this turn is the answer to."""


_TAKE_NUMBERS = """
with heard as (
    update addresses
    set heard_at = greatest(heard_at, least(%(heard_at)s::timestamptz, clock_timestamp()))
    where id = %(address_id)s and %(heard_at)s::timestamptz is not null
)
update threads set last_seq = last_seq + %(count)s
where customer_id = %(customer_id)s and not merged
returning last_seq
"""

_PUT = """
with turn as (
    insert into turns (id, customer_id, number, model, facts, state, parse, events, session_started_at,
        started_at, address_id)
    select %(turn_id)s, %(customer_id)s, t.number, t.model, t.facts, t.state, t.parse, %(events)s::jsonb,
        t.session_started_at, t.started_at, %(address_id)s
    from jsonb_to_record(%(turn)s::jsonb) as t(number bigint, model text, facts jsonb, state jsonb,
        parse jsonb, session_started_at timestamptz, started_at timestamptz)
    where %(turn)s::jsonb is not null
), answered as (
    update inbox set status = 'done', turn_id = %(turn_id)s, address_id = %(address_id)s, error = null
    where id = any(%(answered)s) and status = 'pending'
), released as (
    update outbox set status = 'queued', due_at = now(), created_at = now(), attempts = 0, error = null,
        error_code = null, updated_at = now()
    where address_id = %(address_id)s and status = 'held' and %(release)s
    returning id
), written as (
    insert into messages (id, customer_id, seq, direction, author, agent_id, address_id, channel, kind, text,
        content, inbox_id, turn_id, request_id, created_at)
    select m.id, %(customer_id)s, m.seq, m.direction, m.author, m.agent_id, m.address_id, m.channel, m.kind,
        m.text, m.content, m.inbox_id, m.turn_id, m.request_id, coalesce(m.created_at, clock_timestamp())
    from jsonb_to_recordset(%(messages)s::jsonb) as m(id uuid, seq bigint, direction text, author text,
        agent_id uuid, address_id uuid, channel text, kind text, text text, content jsonb, inbox_id bigint,
        turn_id uuid, request_id uuid, created_at timestamptz)
    order by m.seq
), queued as (
    insert into outbox (oid, customer_id, address_id, message_id, turn_id, purpose, part)
    select s.oid, %(customer_id)s, %(address_id)s, s.message_id, %(turn_id)s, s.purpose, s.part
    from jsonb_to_recordset(%(sends)s::jsonb) as s(place int, oid text, message_id uuid, purpose text,
        part jsonb)
    order by s.place
    returning id
)
select pg_notify('onethread_outbox', '') where exists (select from released union all select from queued)
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers in a thread, nobody else's."""

    customer_id: CustomerId
    """Whose thread: the customer may have been found to be somebody known before."""
    first: int


async def take_numbers(
    conn: AsyncConnection,
    customer_id: CustomerId,
    count: int,
    *,
    address_id: AddressId | None = None,
    heard_at: datetime | None = None,
) -> Numbers:
    """The next `count` numbers of a thread; its counter stays locked until the commit, so call it late.

    A customer who was merged meanwhile is followed to the living one. Raises LookupError without a thread.

    `heard_at`: when the address' person wrote, if so (at most now): its window is open from then on. A sender
    that holds a row back locks the address too, so `put`, a statement later, sees what it held.
    """
    values = {"count": count, "address_id": address_id, "heard_at": heard_at}
    found = await driver.fetch(conn, _TAKE_NUMBERS, {**values, "customer_id": customer_id})
    if not found:
        customer_id = await living(conn, customer_id)
        found = await driver.fetch(conn, _TAKE_NUMBERS, {**values, "customer_id": customer_id})
    if not found:
        raise LookupError("a customer without a thread")
    ((last,),) = found
    return Numbers(customer_id, last - count + 1)


async def append(conn: AsyncConnection, customer_id: CustomerId, rows: Sequence[NewMessage]) -> list[int]:
    """Number and store messages that are no answer and queue nothing; returns the numbers. Call it late."""
    if not rows:
        return []
    numbers = await take_numbers(conn, customer_id, len(rows))
    page = Page(customer_id=numbers.customer_id, address_id=None, first=numbers.first, messages=rows)
    await put(conn, page)
    return list(range(numbers.first, numbers.first + len(rows)))


async def put(conn: AsyncConnection, page: Page) -> None:
    """Write it all and wake the senders at the commit; a second turn of the same number is refused."""
    turn = page.turn
    await driver.fetch(
        conn,
        _PUT,
        {
            "customer_id": page.customer_id,
            "address_id": page.address_id,
            "turn_id": page.turn_id,
            "turn": None if turn is None else _json(_columns(turn)),
            "events": "[]" if turn is None else _json(turn.events),
            "answered": [Int8(row) for row in page.answered],
            "release": page.release,
            "messages": _json([_message(page, place) for place in range(len(page.messages))]),
            "sends": _json([_send(send, place) for place, send in enumerate(page.sends)]),
        },
    )


def _columns(turn: NewTurn) -> dict[str, object]:
    return {
        "number": turn.number,
        "model": turn.model,
        "facts": turn.facts,
        "state": turn.state,
        "parse": turn.parse,
        "session_started_at": turn.session_started_at,
        "started_at": turn.started_at,
    }


def _message(page: Page, place: int) -> dict[str, object]:
    row = page.messages[place]
    return {
        "id": row.id,
        "seq": page.first + place,
        "direction": row.direction,
        "author": row.author,
        "agent_id": row.agent_id,
        "address_id": row.address_id,
        "channel": row.channel,
        "kind": row.kind,
        "text": row.text,
        "content": row.content,
        "inbox_id": row.inbox_id,
        "turn_id": row.turn_id,
        "request_id": row.request_id,
        "created_at": row.created_at,
    }


def _send(send: NewSend, place: int) -> dict[str, object]:
    return {
        "place": place,
        "oid": send.oid,
        "message_id": send.message_id,
        "purpose": send.purpose,
        "part": send.part,
    }


def _json(value: object) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
