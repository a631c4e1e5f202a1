"""Step 1: keeps what one request brought in one statement: new messages, their body, and the wake-up call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString

import orjson

from onethread.storage import driver
from onethread.storage.bodies import NewBody
from onethread.storage.inbox import NOTIFY

# Waking is part of the statement, and so of its commit. Rows of one request are numbered in its order.
_KEEP: LiteralString = f"""
with new as (
    insert into inbox (connector, account, provider_message_id, address_key, kind, text, tap, content,
                       consent, body_id, provider_time, status, error)
    select %(connector)s, %(account)s, provider_message_id, address_key, kind, text, tap, content,
           consent, %(body_id)s::uuid, provider_time, status, error
    from rows from (jsonb_to_recordset(%(rows)s) as (
        provider_message_id text, address_key text, kind text, text text, tap text, content jsonb,
        consent text, provider_time timestamptz, status text, error text)) with ordinality
    order by ordinality
    on conflict (connector, account, provider_message_id) do nothing
    returning provider_message_id
), body as (
    insert into webhook_bodies (id, key_day, body)
    select %(body_id)s::uuid, %(day)s::date, %(body)s::bytea
    where %(body)s::bytea is not null and exists (select from new)
)
select array_agg(provider_message_id), pg_notify('{NOTIFY}', '')
from new having count(*) > 0
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class NewInbound:
    """One message as it is kept: masked, storable."""

    provider_message_id: str
    address_key: str
    kind: str
    text: str = ""
    tap: str | None = None
    content: Mapping[str, object] = field(default_factory=dict)
    consent: str | None = None
    provider_time: datetime | None = None
    error: str | None = None
    """Set: the row is dead from the start."""
    answerable: bool = True
    """False: nobody waits for an answer, so the row is done from the start."""


async def keep(
    where: driver.Where, connector: str, account: str, rows: Sequence[NewInbound], body: NewBody | None
) -> frozenset[str]:
    """Insert what is new, with the body if anything is, and wake the lanes at the commit.

    Returns the platform's ids of what was new.
    """
    values: dict[str, object] = {
        "connector": connector,
        "account": account,
        "rows": orjson.dumps([_values(row) for row in rows]).decode(),
        "body_id": body and body.id,
        "day": body and body.day,
        "body": body and body.sealed,
    }
    found = await driver.fetch(where, _KEEP, values)
    return frozenset(found[0][0]) if found else frozenset()


def _values(row: NewInbound) -> dict[str, object]:
    return {
        "provider_message_id": row.provider_message_id,
        "address_key": row.address_key,
        "kind": row.kind,
        "text": row.text,
        "tap": row.tap,
        "content": dict(row.content),
        "consent": row.consent,
        "provider_time": row.provider_time,
        "status": _first_status(row),
        "error": row.error,
    }


def _first_status(row: NewInbound) -> str:
    if row.error is not None:
        return "dead"
    return "pending" if row.answerable else "done"
