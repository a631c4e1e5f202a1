"""What a turn must know before it begins: one read under the lane's lock, whatever length the history has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import CustomerId, TurnId
from onethread.storage import driver
from onethread.storage.addresses import KnownAddress
from onethread.storage.conversations import Ownership
from onethread.storage.inbox import Pending
from onethread.storage.threads import Recent, Spoken

_LATEST_SHOWN = 6
_LATEST_MESSAGES = 100
"""Messages of an address that are looked at for the brakes: five a turn, for as many turns as they allow."""
_MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything waiting in a lane, in order of arrival, and where the oldest of it came from."""

    waiting: Sequence[Pending]
    address: KnownAddress
    owner: Ownership
    shown: tuple[Spoken, ...]
    """What the bot's latest turn before the oldest message said there, and the house since then, in order."""
    recent: Recent
    """What happened there in the time the brakes look at, since the owner owns the conversation."""


# The columns are in the order of the fields of Pending, KnownAddress and Ownership, one after another.
_READ = """
with waiting as materialized (
    select i.id, i.connector, i.account, i.address_key, a.id as address_id, i.provider_message_id, i.kind,
        i.text, i.tap, i.content, i.consent, i.provider_time, i.received_at, i.attempts,
        i.due_at <= clock_timestamp() as due, i.failed_since, i.apologised
    from addresses a, lateral (
        select * from inbox
        where connector = a.connector and account = a.account and address_key = a.key and status = 'pending'
        order by id limit %(most)s
    ) i
    where a.customer_id = %(customer_id)s and a.valid_to is null
    order by i.id
    limit %(most)s
), head as materialized (
    select w.address_id, w.received_at, c.customer_id, c.owner, c.agent_id, c.reason, c.owner_since,
        greatest(c.owner_since, clock_timestamp() - %(window)s::interval) as since
    from waiting w, conversations c where c.customer_id = %(customer_id)s
    order by w.id
    limit 1
), latest as materialized (
    select m.seq, m.direction, m.author, m.kind, m.text, m.turn_id, m.content ? 'chosen' as chosen
    from head, lateral (
        select * from messages where address_id = head.address_id order by seq desc limit %(latest)s
    ) m
    where m.created_at > head.since
)
select w.*,
    a.id, a.customer_id, a.connector, a.account, a.key, a.channel, a.phone, a.display_name, c.language,
    a.opted_out_at, a.disclosed_at, a.undeliverable, c.fresh_after, c.carry, a.attributes,
    c.language_asked,
    h.owner, h.agent_id, h.reason, h.owner_since,
    (select jsonb_agg(jsonb_build_array(s.seq, s.turn_id, s.author, s.content->'buttons'))
        from (
            select seq, turn_id, author, content from messages
            where address_id = h.address_id and direction = 'out' and author in ('bot', 'house')
                and created_at < h.received_at
            order by seq desc
            limit %(shown)s
        ) s
    ),
    (select count(distinct turn_id) from latest where direction = 'out' and author = 'bot'),
    (select array_agg(t.text order by t.seq desc)
        from (
            select text, seq from latest where direction = 'in' and kind = 'text' and not chosen
            order by seq desc limit 2
        ) t
    )
from waiting w, head h, addresses a, customers c
where a.id = h.address_id and c.id = h.customer_id
order by w.id
"""
_PENDING = slice(0, 17)
_ADDRESS = slice(17, 33)
_OWNER = slice(33, 37)


async def read_scene(conn: AsyncConnection, customer_id: CustomerId, window: timedelta) -> Scene | None:
    """What waits from the addresses that are this customer's now, and its surroundings; None: nothing does.

    `window`: how far back the brakes look. Call it in a statement after the one that locked the lane: one
    with the lock could still see rows another worker answered.
    """
    found = await driver.fetch(
        conn,
        _READ,
        {
            "customer_id": customer_id,
            "most": _MOST_WAITING,
            "window": window,
            "latest": _LATEST_MESSAGES,
            "shown": _LATEST_SHOWN,
        },
    )
    if not found:
        return None
    head = found[0]
    shown, answered, heard = head[37:]
    return Scene(
        waiting=[Pending(*row[_PENDING]) for row in found],
        address=KnownAddress(*head[_ADDRESS]),
        owner=Ownership(*head[_OWNER]),
        shown=_last_turn(shown or ()),
        recent=Recent(answered, tuple(heard or ())),
    )


def _last_turn(newest_first: Sequence[Sequence[Any]]) -> tuple[Spoken, ...]:
    """Of the latest things said: the last turn's, and what the house said after it."""
    turn = next((turn_id for _, turn_id, author, _ in newest_first if author == "bot"), None)
    first = min(
        (seq for seq, turn_id, author, _ in newest_first if author == "bot" and turn_id == turn), default=0
    )
    return tuple(
        Spoken(seq, None if turn_id is None else TurnId(UUID(turn_id)), tuple(buttons or ()))
        for seq, turn_id, _, buttons in reversed(newest_first)
        if seq >= first
    )
