"""One-time codes: who asked, for which address, how often it was tried. No code and no number is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, cast, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AddressId, MessageId
from onethread.storage.tables import addresses, codes, outbox

Status = Literal["wanted", "asked", "right", "over"]


@dataclass(frozen=True, slots=True)
class Code:
    """One code; `target_id` is None when nobody writes to us from the number that was typed."""

    id: UUID
    asker_id: AddressId
    target_id: AddressId | None
    code_digest: bytes | None
    tries: int
    status: Status
    asked_at: datetime
    age_s: float


_CODE = select(
    codes.c.id,
    codes.c.asker_id,
    codes.c.target_id,
    codes.c.code_digest,
    codes.c.tries,
    codes.c.status,
    codes.c.asked_at,
    func.extract("epoch", func.clock_timestamp() - codes.c.asked_at).label("age_s"),
)


def _since(seconds: int) -> ColumnElement[bool]:
    return codes.c.asked_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)


async def want(conn: AsyncConnection, asker: AddressId) -> None:
    """This address was asked for a number."""
    await _drop_wanted(conn, asker)
    await conn.execute(insert(codes).values(asker_id=asker))


async def is_wanted(conn: AsyncConnection, asker: AddressId, *, within_s: int) -> bool:
    """Whether this address was asked for a number lately, and typed none since."""
    found = await conn.execute(
        select(codes.c.id).where(codes.c.asker_id == asker, codes.c.status == "wanted", _since(within_s))
    )
    return found.first() is not None


async def latest(conn: AsyncConnection, asker: AddressId, *, within_s: int) -> Code | None:
    """The last code asked for here."""
    found = await conn.execute(
        _CODE.where(codes.c.asker_id == asker, codes.c.status != "wanted", _since(within_s))
        .order_by(codes.c.asked_at.desc(), codes.c.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else Code(**row._mapping)


async def count_asked(
    conn: AsyncConnection, asker: AddressId, number: bytes, *, within_s: int
) -> tuple[int, int]:
    """How many codes this address asked for, and how many were asked for this number, by anybody.

    Whoever counts first keeps others who ask for the same number waiting until the end of the transaction.
    """
    await conn.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"code {number.hex()}"}
    )
    mine = func.count().filter(codes.c.asker_id == asker)
    for_number = func.count().filter(codes.c.number_digest == number)
    found = await conn.execute(
        select(mine, for_number).where(
            or_(codes.c.asker_id == asker, codes.c.number_digest == number),
            codes.c.status != "wanted",
            _since(within_s),
        )
    )
    row = found.one()
    return int(row[0]), int(row[1])


async def ask(conn: AsyncConnection, asker: AddressId, number: bytes, target: AddressId | None) -> UUID:
    """A code is asked for; earlier ones of this address are over."""
    await _drop_wanted(conn, asker)
    await conn.execute(
        update(codes).where(codes.c.asker_id == asker, codes.c.status == "asked").values(status="over")
    )
    made = await conn.execute(
        insert(codes)
        .values(
            asker_id=asker,
            number_digest=number,
            target_id=target,
            status="asked",
            asked_at=func.clock_timestamp(),
        )
        .returning(codes.c.id)
    )
    return UUID(str(made.scalar_one()))


async def read(conn: AsyncConnection, code_id: UUID) -> Code | None:
    """The code of this id, locked until the end of the transaction."""
    found = await conn.execute(_CODE.where(codes.c.id == code_id).with_for_update())
    row = found.one_or_none()
    return None if row is None else Code(**row._mapping)


async def note_sent(conn: AsyncConnection, code_id: UUID, digest: bytes, message_id: MessageId) -> None:
    """The code is on its way."""
    await conn.execute(
        update(codes).where(codes.c.id == code_id).values(code_digest=digest, message_id=message_id)
    )


async def note_try(conn: AsyncConnection, code_id: UUID, *, status: Status) -> None:
    """One more try, and what became of the code."""
    await conn.execute(
        update(codes).where(codes.c.id == code_id).values(tries=codes.c.tries + 1, status=status)
    )


@dataclass(frozen=True, slots=True)
class Target:
    """An address of ours that a code could be sent to."""

    address_id: AddressId
    connector: str
    account: str
    heard_at: datetime


async def find_targets(conn: AsyncConnection, phones: Collection[str]) -> list[Target]:
    """Where this number wrote from and may be written to, the last heard first."""
    found = await conn.execute(
        select(
            addresses.c.id.label("address_id"),
            addresses.c.connector,
            addresses.c.account,
            addresses.c.heard_at,
        )
        .where(
            addresses.c.phone == any_(cast(list(phones), ARRAY(Text))),
            addresses.c.valid_to.is_(None),
            addresses.c.heard_at.is_not(None),
            addresses.c.opted_out_at.is_(None),
            addresses.c.undeliverable.is_(None),
        )
        .order_by(addresses.c.heard_at.desc(), addresses.c.id)
    )
    return [Target(**row._mapping) for row in found]


async def forget_old(conn: AsyncConnection, *, lives_s: int, kept_s: int) -> int:
    """Take codes that are over out of the outbox, unsent ones too, and delete what counts no more."""
    over = select(codes.c.message_id).where(
        codes.c.message_id.is_not(None), ~_since(lives_s), codes.c.code_digest.is_not(None)
    )
    await conn.execute(
        update(outbox)
        .where(outbox.c.message_id.in_(over), outbox.c.status.in_(("queued", "held", "unknown")))
        .values(status="failed", error="the code was over", updated_at=func.now())
    )
    await conn.execute(
        update(outbox)
        .where(outbox.c.message_id.in_(over), outbox.c.status != "sending")
        .values(part=func.jsonb_set(outbox.c.part, text("'{text}'"), text("'\"\"'::jsonb")))
    )
    await conn.execute(update(codes).where(~_since(lives_s)).values(code_digest=None))
    gone = await conn.execute(codes.delete().where(~_since(kept_s)))
    return gone.rowcount


async def _drop_wanted(conn: AsyncConnection, asker: AddressId) -> None:
    await conn.execute(codes.delete().where(codes.c.asker_id == asker, codes.c.status == "wanted"))
