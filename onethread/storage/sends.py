"""The outbox as senders work it: claim the head of an address, then say what became of it.

A row is committed `sending` before its request leaves. Every later statement names the state it expects,
so a sender that was away cannot undo what others found out meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Address, Part
from onethread.ids import AddressId, CustomerId, Oid, OutboxId
from onethread.storage import driver
from onethread.storage.outbox import Purpose, part_from_json, part_to_json

_DIED = "the sender stopped in mid-send"
_COLUMNS: LiteralString = f"""
    o.id, o.oid, o.customer_id, o.address_id, o.purpose, o.part, o.status, o.attempts, o.created_at,
    o.sending_since, o.sent_again, o.status = 'unknown' and o.error = '{_DIED}' as sender_died,
    a.connector, a.account, a.key, a.phone
"""
# A head is the oldest open row of its address; what a dead sender left may have to go out before it, what is
# to be sent a second time much later does not. Whoever opted out, cannot be reached, or may only be sent a
# template, is found out here, in the statement that lets a row go, and not before.
_CLAIM: LiteralString = f"""
    with heads as (
        select q.id, case
            when a.opted_out_at is not null and q.purpose <> 'consent' then 'suppressed'
            when a.undeliverable is not null then 'failed'
            when q.part->>'template' is null and a.heard_at < now() - make_interval(secs => d.window_s)
                then 'held'
            else 'sending' end as verdict, a.undeliverable
        from outbox q join addresses a on a.id = q.address_id
        join unnest(%(accounts)s::text[], %(windows)s::float8[]) as d(account, window_s)
            on d.account = a.connector || '/' || a.account
        where q.status = 'queued' and q.due_at <= now()
          and not exists (
            select from outbox e
            where e.address_id = q.address_id and e.id < q.id
              and (e.status = 'queued' and not (e.sent_again and e.due_at > now()) or e.status = 'sending'
              or e.status = 'unknown' and e.error = '{_DIED}' and e.due_at < 'infinity'))
        order by q.id limit %(room)s
        for no key update of q skip locked)
    update outbox o set
        status = h.verdict,
        attempts = o.attempts + cast(h.verdict = 'sending' as int),
        sending_since = case h.verdict when 'sending' then clock_timestamp() end,
        error = case h.verdict when 'suppressed' then 'opted out' when 'failed' then h.undeliverable
            when 'held' then %(closed)s::text end,
        error_code = null,
        updated_at = now()
    from heads h, addresses a
    where o.id = h.id and a.id = o.address_id
    returning {_COLUMNS}
"""  # noqa: S608
_SENT = """
    update outbox o set
        status = case when o.status in ('queued', 'sending', 'unknown') then 'sent' else o.status end,
        provider_message_id = m.provider_message_id, error = null, error_code = null, updated_at = now()
    from unnest(%(ids)s::bigint[], %(provider_ids)s::text[]) as m(id, provider_message_id)
    where o.id = m.id returning o.id
"""
_RETRY = text("""
    update outbox set status = 'queued', due_at = now() + make_interval(secs => :delay_s),
        attempts = attempts - :uncounted, error = :error, error_code = :error_code, updated_at = now()
    where id = :id and status = 'sending'
""")
_PUT_OFF = text("""
    update outbox o set status = 'queued', attempts = attempts - 1, sending_since = null, updated_at = now(),
        due_at = now() + make_interval(secs => m.delay_s)
    from unnest(cast(:ids as bigint[]), cast(:delays as float8[])) as m(id, delay_s)
    where o.id = m.id and o.status = 'sending'
""")
_FAILED = text("""
    update outbox set status = 'failed', error = :error, error_code = :error_code, updated_at = now()
    where id = :id and status in ('sending', 'queued')
""")
_UNKNOWN = text("""
    update outbox set status = 'unknown', error = :error, error_code = :error_code, updated_at = now(),
        due_at = coalesce(sending_since, now()) + make_interval(secs => :wait_s)
    where id = :id and status = 'sending'
""")
_LOST = text(f"""
    update outbox set status = 'unknown', error = '{_DIED}', due_at = now(), updated_at = now()
    where status = 'sending' and sending_since < now() - make_interval(secs => :older_than_s)
      and id <> all(cast(:but as bigint[]))
    returning customer_id
""")  # noqa: S608
_DOUBTFUL = text(f"""
    update outbox o set due_at = now() + make_interval(secs => :lease_s)
    from addresses a
    where a.id = o.address_id and o.id in (
        select id from outbox where status = 'unknown' and due_at <= now()
        order by due_at limit :room for no key update skip locked)
    returning {_COLUMNS}
""")  # noqa: S608
_REQUEUE_UNKNOWN = text("""
    update outbox set status = 'queued', due_at = now(), updated_at = now()
    where id = :id and status = 'unknown'
""")
_LEAVE_UNKNOWN = text("""
    update outbox set due_at = case when cast(:wait_s as float8) is null then timestamptz 'infinity'
        else now() + make_interval(secs => cast(:wait_s as float8)) end, error = :error, updated_at = now()
    where id = :id and status = 'unknown'
""")
_AGAIN = text("""
    update outbox set status = 'queued', sent_again = true, due_at = now() + make_interval(secs => :delay_s),
        -- Another send: what is still heard of the first one is not its receipt.
        oid = replace(gen_random_uuid()::text, '-', ''), provider_message_id = null, updated_at = now()
    where id = :id and status = 'failed' and not sent_again
""")
_INSTEAD = text("""
    update outbox set status = 'queued', part = cast(:part as jsonb), due_at = now(), error = null,
        -- What the platform took and then refused is not what its receipts will speak of.
        oid = case when status = 'sending' then oid else replace(gen_random_uuid()::text, '-', '') end,
        provider_message_id = null, error_code = null, updated_at = now()
    where id = :id and status in ('sending', 'failed')
""")
_READ = text(
    f"select {_COLUMNS} from outbox o join addresses a on a.id = o.address_id where o.id = any(:ids)"  # noqa: S608
)
_TAKEN = text("""
    select provider_message_id from outbox
    where address_id = :address_id and provider_message_id is not null
    order by id desc limit 200
""")
_LATER_REPORTED = text("""
    select exists (
        select from outbox o join addresses a on a.id = o.address_id
        where o.id > :id and o.sending_since > :since and o.status in ('delivered', 'read')
          and a.connector = :connector and a.account = :account)
""")
_UNDELIVERABLE = text("update addresses set undeliverable = :reason where id = :address_id")


@dataclass(frozen=True, slots=True)
class Send:
    """One claimed row: what to send, to whom, for the how-manieth time."""

    id: OutboxId
    oid: Oid
    customer_id: CustomerId
    address_id: AddressId
    address: Address
    purpose: Purpose
    part: Part
    status: str
    """`sending`; or `suppressed`, `failed` or `held`, which the claim itself decided."""
    attempts: int
    created_at: datetime
    sending_since: datetime | None
    sent_again: bool
    """This is the second time, after a receipt that told of a passing failure."""
    sender_died: bool
    """No answer can come any more: the process that sent it is gone."""


async def claim(
    conn: AsyncConnection, accounts: Mapping[str, float | None], room: int, *, closed: str = ""
) -> list[Send]:
    """Up to `room` due heads of the accounts, marked `sending`, oldest first.

    `accounts`: `connector/account` and for how many seconds after a customer's message free text may go
    there; later it is `held`, `closed` being why. The caller must commit before a request leaves.
    """
    values = {"accounts": list(accounts), "windows": list(accounts.values())}
    rows = await driver.fetch(conn, _CLAIM, {**values, "room": room, "closed": closed})
    return sorted((_send(row) for row in rows), key=lambda send: send.id)


async def put_off(conn: AsyncConnection, delays: Mapping[OutboxId, float]) -> None:
    """It is not the turn of these claimed rows: queued again at their old places, untried, due in seconds."""
    await conn.execute(_PUT_OFF, {"ids": list(delays), "delays": list(delays.values())})


async def mark_sent(where: driver.Where, taken: Mapping[OutboxId, str]) -> None:
    """The platform took these, under its ids; a receipt that was faster is not undone."""
    await driver.fetch(where, _SENT, {"ids": list(taken), "provider_ids": list(taken.values())})


async def mark_retry(
    conn: AsyncConnection, send: Send, delay_s: float, error: str, code: str | None, *, counted: bool
) -> None:
    """Surely not sent: queued again at its old place, due in `delay_s`; `counted` as a try or not."""
    values = {"id": send.id, "delay_s": delay_s, "error": error, "error_code": code}
    await conn.execute(_RETRY, {**values, "uncounted": 0 if counted else 1})


async def mark_failed(conn: AsyncConnection, send: Send, error: str, code: str | None) -> None:
    """Surely not sent, and never will be."""
    await conn.execute(_FAILED, {"id": send.id, "error": error, "error_code": code})


async def mark_unknown(
    conn: AsyncConnection, send: Send, wait_s: float, error: str, code: str | None
) -> None:
    """It may have been sent: look again `wait_s` after the request left."""
    values = {"id": send.id, "wait_s": wait_s, "error": error, "error_code": code}
    await conn.execute(_UNKNOWN, values)


async def find_lost(
    conn: AsyncConnection, older_than_s: float, *, but: Collection[OutboxId] = ()
) -> list[CustomerId]:
    """Rows whose sender died in mid-send become `unknown`, `but` those; returns their customers."""
    rows = await conn.execute(_LOST, {"older_than_s": older_than_s, "but": list(but)})
    return [row.customer_id for row in rows]


async def claim_unknown(conn: AsyncConnection, room: int, lease_s: float) -> list[Send]:
    """Unknown rows whose echo did not come in time, kept from other senders for `lease_s`."""
    return [_send(row) for row in await conn.execute(_DOUBTFUL, {"room": room, "lease_s": lease_s})]


async def requeue_unknown(conn: AsyncConnection, send: Send) -> None:
    """Send an unknown row again, at its old place."""
    await conn.execute(_REQUEUE_UNKNOWN, {"id": send.id})


async def leave_unknown(conn: AsyncConnection, send: Send, wait_s: float | None, error: str) -> None:
    """Still unknown: ask again in `wait_s`; None leaves it to a person."""
    await conn.execute(_LEAVE_UNKNOWN, {"id": send.id, "wait_s": wait_s, "error": error})


async def leave_died(conn: AsyncConnection, send: Send, wait_s: float) -> None:
    """Of a row whose sender died nothing was heard yet: look again in `wait_s`; later rows wait for it."""
    await leave_unknown(conn, send, wait_s, _DIED)


async def later_reported(conn: AsyncConnection, send: Send) -> bool:
    """Whether the platform has told of something that left for the same account after this row."""
    values = {"id": send.id, "since": send.sending_since}
    door = {"connector": send.address.connector, "account": send.address.account}
    return bool((await conn.execute(_LATER_REPORTED, {**values, **door})).scalar_one())


async def send_again(conn: AsyncConnection, outbox_id: OutboxId, delay_s: float) -> bool:
    """Send a failed row a second time in `delay_s`; the address's later rows need not wait. False: it was."""
    return (await conn.execute(_AGAIN, {"id": outbox_id, "delay_s": delay_s})).rowcount == 1


async def send_instead(conn: AsyncConnection, send: Send, part: Part) -> None:
    """Send this at the row's place; what stood there was surely not delivered."""
    await conn.execute(_INSTEAD, {"id": send.id, "part": json.dumps(part_to_json(part))})


async def read_sends(conn: AsyncConnection, ids: Iterable[OutboxId]) -> list[Send]:
    """These rows as they are now."""
    return [_send(row) for row in await conn.execute(_READ, {"ids": list(ids)})]


async def read_taken(conn: AsyncConnection, address_id: AddressId) -> list[str]:
    """The platform's ids of this address's latest messages."""
    return list((await conn.execute(_TAKEN, {"address_id": address_id})).scalars())


async def mark_undeliverable(conn: AsyncConnection, address_id: AddressId, reason: str) -> None:
    """Nothing more is sent to the address until its person writes again."""
    await conn.execute(_UNDELIVERABLE, {"address_id": address_id, "reason": reason})


def _send(row: Sequence[Any]) -> Send:
    """One row of `_COLUMNS`, which are in the order of the fields."""
    outbox_id, oid, customer_id, address_id, purpose, part, status, attempts, created_at = row[:9]
    sending_since, sent_again, died = row[9:12]
    return Send(
        id=outbox_id,
        oid=oid,
        customer_id=customer_id,
        address_id=address_id,
        address=Address(*row[12:]),
        purpose=purpose,
        part=part_from_json(part),
        status=status,
        attempts=attempts,
        created_at=created_at,
        sending_since=sending_since,
        sent_again=sent_again,
        sender_died=bool(died),
    )
