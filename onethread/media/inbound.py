"""Files that came with a message: a row and a job each, in the transaction that keeps the message."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import MediaRef
from onethread.jobs.deferring import defer
from onethread.storage import media

FETCH = "media.fetch"


def new_id(item: MediaRef) -> str:
    """The id a file gets when its message is accepted: its own when it was uploaded before."""
    if item.ref.startswith(media.UPLOADED):
        try:
            return str(UUID(item.ref.removeprefix(media.UPLOADED)))
        except ValueError:
            pass
    return str(uuid4())


async def take_in(conn: AsyncConnection, connector: str, account: str, ids: Sequence[str]) -> None:
    """Note the files of these new messages (the platform's ids) and have them fetched after the commit."""
    waiting = await media.take_in(conn, connector, account, ids)
    await defer(conn, FETCH, [{"media_id": str(media_id)} for media_id in waiting])
