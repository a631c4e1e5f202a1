"""What came in: kept once, read in order by the lane of its customer, marked with the turn that answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

from sqlalchemy import Text, and_, any_, cast, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onethread.ids import AddressId, CustomerId, InboxId
from onethread.storage import driver
from onethread.storage.tables import addresses, inbox

NOTIFY = "onethread_inbox"


@dataclass(frozen=True, slots=True)
class Pending:
    """One row waiting in its customer's lane, with the address it came from."""

    id: InboxId
    connector: str
    account: str
    address_key: str
    address_id: AddressId
    provider_message_id: str
    kind: str
    text: str
    tap: str | None
    content: Mapping[str, Any]
    consent: str | None
    provider_time: datetime | None
    received_at: datetime
    attempts: int
    due: bool
    failed_since: datetime | None
    apologised: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """What counting an attempt came to."""

    id: InboxId
    """The oldest message waiting."""
    counted: bool
    """False: it is not due, was tried too often, or somebody answered it just now."""
    due: bool
    ended: bool
    """Every attempt it may have began, and none ended with a word."""


@dataclass(frozen=True, slots=True)
class DueLane:
    """An address with work; `customer_id` is None when nobody knows it yet."""

    connector: str
    account: str
    address_key: str
    customer_id: CustomerId | None
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeadRow:
    """A message nobody answered, for an operator."""

    id: InboxId
    connector: str
    account: str
    provider_message_id: str
    customer_id: CustomerId | None
    received_at: datetime
    attempts: int
    error: str | None
    replayable: bool


async def known(conn: AsyncConnection, connector: str, account: str, ids: Collection[str]) -> frozenset[str]:
    """Those of the platform's ids that were kept before."""
    found = await conn.execute(
        select(inbox.c.provider_message_id).where(
            inbox.c.connector == connector,
            inbox.c.account == account,
            inbox.c.provider_message_id == any_(cast(list(ids), ARRAY(Text))),
        )
    )
    return frozenset(found.scalars())


async def wake(conn: AsyncConnection) -> None:
    """Tell every worker, when this transaction commits, that there is something to do."""
    await conn.execute(text(f"select pg_notify('{NOTIFY}', '')"))


_SAME_ADDRESS = and_(
    addresses.c.connector == inbox.c.connector,
    addresses.c.account == inbox.c.account,
    addresses.c.key == inbox.c.address_key,
    addresses.c.valid_to.is_(None),
)
_DUE_LANES = """
with heads as (
    -- What tells lanes apart: the customer, or the address of somebody nobody knows yet.
    select distinct on (a.customer_id, coalesce(a.customer_id::text, i.connector),
            coalesce(a.customer_id::text, i.account), coalesce(a.customer_id::text, i.address_key))
        i.id, i.connector, i.account, i.address_key, a.customer_id, i.content, i.due_at
    from inbox i
    left join addresses a on a.connector = i.connector and a.account = i.account and a.key = i.address_key
        and a.valid_to is null
    where i.status = 'pending'
    order by 5, coalesce(a.customer_id::text, i.connector), coalesce(a.customer_id::text, i.account),
        coalesce(a.customer_id::text, i.address_key), i.id
)
select connector, account, address_key, customer_id, content from heads
where due_at <= now() and (connector, account) in (
    select * from unnest(%(connectors)s::text[], %(accounts)s::text[]))
order by id
limit %(limit)s
"""


async def due_lanes(where: driver.Where, doors: Collection[tuple[str, str]], limit: int) -> list[DueLane]:
    """Lanes whose oldest pending row is due and came through one of these doors, oldest first.

    A row in back-off, or of a door that is not open here, holds back those behind it in its lane.
    """
    values = {
        "connectors": [connector for connector, _ in doors],
        "accounts": [account for _, account in doors],
        "limit": limit,
    }
    return [DueLane(*row) for row in await driver.fetch(where, _DUE_LANES, values)]


async def pending_of(conn: AsyncConnection, customer_id: CustomerId, limit: int = 50) -> list[Pending]:
    """Everything waiting from the addresses that are this customer's now, in order of arrival."""
    found = await conn.execute(
        select(
            inbox.c.id,
            inbox.c.connector,
            inbox.c.account,
            inbox.c.address_key,
            addresses.c.id.label("address_id"),
            inbox.c.provider_message_id,
            inbox.c.kind,
            inbox.c.text,
            inbox.c.tap,
            inbox.c.content,
            inbox.c.consent,
            inbox.c.provider_time,
            inbox.c.received_at,
            inbox.c.attempts,
            (inbox.c.due_at <= func.clock_timestamp()).label("due"),
            inbox.c.failed_since,
            inbox.c.apologised,
        )
        .join(addresses, _SAME_ADDRESS)
        .where(inbox.c.status == "pending", addresses.c.customer_id == customer_id)
        .order_by(inbox.c.id)
        .limit(limit)
    )
    return [_pending(row) for row in found]


def _pending(row: Row[*tuple[Any, ...]]) -> Pending:
    return Pending(**row._mapping)


_ATTEMPT: LiteralString = """
with lane as (
    select customer_id from lanes where customer_id = %(customer_id)s for no key update skip locked
), head as (
    select i.id, i.attempts, i.due_at <= clock_timestamp(){and_quiet} as due
    from lane
    join addresses a on a.customer_id = lane.customer_id and a.valid_to is null,
    -- Lateral: what waits is looked for address by address, never along everybody's.
    lateral (
        select * from inbox
        where connector = a.connector and account = a.account and address_key = a.key and status = 'pending'
        order by id limit 1
    ) i
    order by i.id
    limit 1
), counted as (
    update inbox set attempts = inbox.attempts + 1
    from head
    where inbox.id = head.id and inbox.status = 'pending' and head.due and head.attempts < %(most)s
    returning inbox.id
)
select head.id, counted.id is not null as counted, head.due, head.attempts >= %(most)s as ended
from head left join counted on true
"""
# Whoever types in pieces is heard out: nothing but texts waits, the last one came just now, and the first not
# long ago. Anything else that waits (a tap, a file, STOP) ends the quiet.
_AND_QUIET: LiteralString = """
    and (i.attempts > 0 or not exists (
        select from inbox n join unnest(%(doors)s::text[], %(seconds)s::float8[]) as q(connector, quiet_s)
            on q.connector = n.connector
        where n.connector = i.connector and n.account = i.account and n.address_key = i.address_key
          and n.status = 'pending'
        having bool_and(n.kind = 'text' and n.tap is null and n.consent is null)
           and max(n.received_at) > clock_timestamp() - make_interval(secs => max(q.quiet_s))
           and min(n.received_at) > clock_timestamp() - make_interval(secs => 5 * max(q.quiet_s))))"""
_BEGIN_ATTEMPT = _ATTEMPT.replace("{and_quiet}", "")
_BEGIN_ATTEMPT_QUIETLY = _ATTEMPT.replace("{and_quiet}", _AND_QUIET)


async def begin_attempt(
    engine: AsyncEngine, customer_id: CustomerId, most: int, quiet: Mapping[str, float]
) -> Attempt | None:
    """Count an attempt on the oldest message of a lane nobody is at, and commit; None: there is none.

    Only the oldest is counted, for a turn is always begun for its sake: what joins it is counted when it is
    the oldest itself. `quiet`: connectors whose texts are not due before nothing came for so many seconds;
    somebody who never pauses is answered after five times as long.
    """
    values: dict[str, object] = {"customer_id": customer_id, "most": most}
    if not quiet:
        found = await driver.fetch(engine, _BEGIN_ATTEMPT, values)
    else:
        values |= {"doors": list(quiet), "seconds": list(quiet.values())}
        found = await driver.fetch(engine, _BEGIN_ATTEMPT_QUIETLY, values)
    return Attempt(*found[0]) if found else None


async def count_attempt(conn: AsyncConnection, ids: Sequence[InboxId], by: int = 1) -> None:
    """One more attempt for these rows, or one less when it is given back."""
    await conn.execute(
        update(inbox).where(_still(ids)).values(attempts=func.greatest(inbox.c.attempts + by, 0))
    )


async def mark_dead(conn: AsyncConnection, ids: Sequence[InboxId], error: str) -> int:
    """These rows will not be tried again until an operator replays them."""
    dead = await conn.execute(update(inbox).where(_still(ids)).values(status="dead", error=error))
    return dead.rowcount


async def postpone(
    conn: AsyncConnection, ids: Sequence[InboxId], *, delay_s: float, error: str, give_back: bool
) -> None:
    """Try these rows again after `delay_s`; `give_back`: the attempt that just ended does not count."""
    await conn.execute(
        update(inbox)
        .where(_still(ids))
        .values(
            due_at=func.clock_timestamp() + timedelta(seconds=delay_s),
            failed_since=func.coalesce(inbox.c.failed_since, func.clock_timestamp()),
            attempts=func.greatest(inbox.c.attempts - (1 if give_back else 0), 0),
            error=error,
        )
    )


async def mark_apologised(conn: AsyncConnection, ids: Sequence[InboxId]) -> list[InboxId]:
    """Mark rows as apologised for; returns those that were not yet."""
    marked = await conn.execute(
        update(inbox).where(_still(ids), ~inbox.c.apologised).values(apologised=True).returning(inbox.c.id)
    )
    return [InboxId(row.id) for row in marked]


def _still(ids: Sequence[InboxId]) -> Any:
    return and_(inbox.c.id.in_(ids), inbox.c.status == "pending")


async def dead_rows(conn: AsyncConnection, limit: int = 1_000) -> list[DeadRow]:
    """The oldest dead rows."""
    found = await conn.execute(
        select(
            inbox.c.id,
            inbox.c.connector,
            inbox.c.account,
            inbox.c.provider_message_id,
            addresses.c.customer_id,
            inbox.c.received_at,
            inbox.c.attempts,
            inbox.c.error,
            (inbox.c.address_key != "").label("replayable"),
        )
        .outerjoin(addresses, _SAME_ADDRESS)
        .where(inbox.c.status == "dead")
        .order_by(inbox.c.id)
        .limit(limit)
    )
    return [DeadRow(**row._mapping) for row in found]


async def replay(conn: AsyncConnection, ids: Sequence[InboxId] | None) -> int:
    """Put dead rows (None: every one that can be read) back into their lanes; tells how many."""
    # One that names its address is of somebody whose number is somebody else's now.
    again = update(inbox).where(
        inbox.c.status == "dead", inbox.c.address_key != "", inbox.c.address_id.is_(None)
    )
    if ids is not None:
        again = again.where(inbox.c.id.in_(ids))
    done = await conn.execute(
        again.values(
            status="pending",
            attempts=0,
            due_at=func.now(),
            failed_since=None,
        )
    )
    await wake(conn)
    return done.rowcount
