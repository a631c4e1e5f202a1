"""Files: what came with a message, what a person attached, and what became of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, cast, func, insert, select, text, update
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AgentId, CustomerId, InboxId
from onethread.storage.tables import media

UPLOADED = "upload:"
"""How a message names a file that its own sender has given us before; its id follows."""


@dataclass(frozen=True, slots=True)
class File:
    """One file. `reason`: why it is refused or failed, for people."""

    id: UUID
    direction: str
    connector: str
    account: str
    customer_id: CustomerId | None
    agent_id: AgentId | None
    ref: str
    file_name: str
    content_type: str
    size: int | None
    status: str
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """What was found in the bytes."""

    content_type: str
    size: int
    sha256: bytes


_FILE = (
    media.c.id,
    media.c.direction,
    media.c.connector,
    media.c.account,
    media.c.customer_id,
    media.c.agent_id,
    media.c.ref,
    media.c.file_name,
    media.c.content_type,
    media.c.size,
    media.c.status,
    media.c.reason,
    media.c.created_at,
)

# The message itself names its files: each has an id, made when it was accepted.
_TAKE_IN = text("""
    insert into media (id, direction, connector, account, inbox_id, place, ref, file_name, content_type,
                       status, reason)
    select (item ->> 'id')::uuid, 'in', i.connector, i.account, i.id, place - 1, item ->> 'ref',
           item ->> 'file_name', item ->> 'content_type',
           case when starts_with(item ->> 'ref', :uploaded) then 'refused' else 'waiting' end,
           case when starts_with(item ->> 'ref', :uploaded) then 'This file was never received.' end
      from inbox i cross join jsonb_array_elements(i.content -> 'media') with ordinality files(item, place)
     where i.connector = :connector and i.account = :account and i.provider_message_id = any(:ids)
    on conflict (id) do nothing
    returning id, status
""").bindparams(bindparam("ids", type_=ARRAY(Text)))
_TIE_UPLOADS = text("""
    update media m set inbox_id = i.id, place = files.place - 1
      from inbox i cross join jsonb_array_elements(i.content -> 'media') with ordinality files(item, place)
     where i.connector = :connector and i.account = :account and i.provider_message_id = any(:ids)
       and m.id = (files.item ->> 'id')::uuid and starts_with(files.item ->> 'ref', :uploaded)
       and m.direction = 'in' and m.inbox_id is null and m.status = 'stored'
       and m.connector = i.connector and m.account = i.account and m.ref = i.address_key
""").bindparams(bindparam("ids", type_=ARRAY(Text)))


def _among(ids: Collection[UUID]) -> Any:
    return media.c.id == any_(cast(list(ids), ARRAY(UuidType)))


async def take_in(conn: AsyncConnection, connector: str, account: str, ids: Sequence[str]) -> list[UUID]:
    """Rows for the files of these new messages; returns the ids of those that have to be fetched.

    A file that its sender uploaded before is tied to its message; nobody can name a file of somebody else.
    """
    given = {"connector": connector, "account": account, "ids": list(ids), "uploaded": UPLOADED}
    made = await conn.execute(_TAKE_IN, given)
    waiting = [row.id for row in made if row.status == "waiting"]
    await conn.execute(_TIE_UPLOADS, given)
    return waiting


async def read_file(conn: AsyncConnection, media_id: UUID) -> File | None:
    """One file."""
    row = (await conn.execute(select(*_FILE).where(media.c.id == media_id))).one_or_none()
    return None if row is None else File(**row._mapping)


async def files_of(conn: AsyncConnection, customer_id: CustomerId, ids: Collection[UUID]) -> dict[UUID, File]:
    """Those of these files that are this customer's."""
    if not ids:
        return {}
    found = await conn.execute(select(*_FILE).where(_among(ids), media.c.customer_id == customer_id))
    return {row.id: File(**row._mapping) for row in found}


async def files_of_messages(conn: AsyncConnection, inbox_ids: Collection[int]) -> dict[UUID, File]:
    """The files of messages that are in no thread yet."""
    if not inbox_ids:
        return {}
    found = await conn.execute(select(*_FILE).where(media.c.inbox_id.in_(inbox_ids)))
    return {row.id: File(**row._mapping) for row in found}


async def give_to(conn: AsyncConnection, customer_id: CustomerId, inbox_ids: Collection[InboxId]) -> None:
    """These messages stand in this customer's thread now, and their files with them."""
    await conn.execute(update(media).where(media.c.inbox_id.in_(inbox_ids)).values(customer_id=customer_id))


async def mark_stored(conn: AsyncConnection, media_id: UUID, found: Stored) -> CustomerId | None:
    """A waiting file is kept now; whose thread it is in, if it is in one yet."""
    done = await conn.execute(
        update(media)
        .where(media.c.id == media_id, media.c.status == "waiting")
        .values(status="stored", stored_at=func.now(), **_facts(found))
        .returning(media.c.customer_id)
    )
    return _customer(done.scalar_one_or_none())


async def mark_ended(conn: AsyncConnection, media_id: UUID, status: str, reason: str) -> CustomerId | None:
    """A waiting file will not be had: `refused` or `failed`, and why."""
    done = await conn.execute(
        update(media)
        .where(media.c.id == media_id, media.c.status == "waiting")
        .values(status=status, reason=reason)
        .returning(media.c.customer_id)
    )
    return _customer(done.scalar_one_or_none())


def _facts(found: Stored) -> dict[str, object]:
    return {"content_type": found.content_type, "size": found.size, "sha256": found.sha256}


def _customer(found: UUID | None) -> CustomerId | None:
    return None if found is None else CustomerId(found)


async def add_upload(
    conn: AsyncConnection,
    media_id: UUID,
    found: Stored,
    *,
    connector: str,
    account: str,
    address_key: str,
    file_name: str,
) -> None:
    """A stored file that this address may send in a message."""
    await conn.execute(
        insert(media).values(
            id=media_id,
            direction="in",
            connector=connector,
            account=account,
            ref=address_key,
            file_name=file_name,
            status="stored",
            stored_at=func.now(),
            **_facts(found),
        )
    )


async def add_attachment(
    conn: AsyncConnection, media_id: UUID, found: Stored, *, agent_id: AgentId, file_name: str
) -> None:
    """A stored file that this person may send."""
    await conn.execute(
        insert(media).values(
            id=media_id,
            direction="out",
            connector="",
            account="",
            agent_id=agent_id,
            file_name=file_name,
            status="stored",
            stored_at=func.now(),
            **_facts(found),
        )
    )


async def send_attachments(
    conn: AsyncConnection, agent_id: AgentId, customer_id: CustomerId, ids: Sequence[UUID]
) -> list[File]:
    """These files, which this person attached, go to this customer now: each once. In the order asked for."""
    if not ids:
        return []
    done = await conn.execute(
        update(media)
        .where(
            _among(ids),
            media.c.direction == "out",
            media.c.agent_id == agent_id,
            media.c.customer_id.is_(None),
            media.c.status == "stored",
        )
        .values(customer_id=customer_id)
        .returning(*_FILE)
    )
    sent = {row.id: File(**row._mapping) for row in done}
    return [sent[media_id] for media_id in ids if media_id in sent]


_OLD = text("""
    select id from media
     where status = 'stored'
       and (stored_at < now() - make_interval(days => :days)
            or (stored_at < now() - interval '1 day'
                and ((direction = 'in' and inbox_id is null) or (direction = 'out' and customer_id is null))))
     order by stored_at limit :limit
""")


async def list_old(conn: AsyncConnection, days: int, limit: int = 500) -> list[UUID]:
    """Files kept for more than `days`, and those that nobody sent within a day."""
    found = await conn.execute(_OLD, {"days": days, "limit": limit})
    return [row.id for row in found]


async def mark_gone(conn: AsyncConnection, ids: Collection[UUID]) -> None:
    """Their bytes are deleted."""
    await conn.execute(
        update(media)
        .where(_among(ids))
        .values(status="gone", reason="Deleted: it was kept as long as the shop keeps files.")
    )


async def end_stuck(conn: AsyncConnection) -> int:
    """Files that still wait after a day, when every try is long over, have failed; tells how many."""
    done = await conn.execute(
        update(media)
        .where(media.c.status == "waiting", media.c.created_at < func.now() - text("interval '1 day'"))
        .values(status="failed", reason="It could not be fetched.")
    )
    return done.rowcount
