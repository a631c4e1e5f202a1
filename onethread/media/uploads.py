"""Files that people give us themselves: customers in web chat, colleagues at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from onethread.ids import AgentId
from onethread.storage import media

from .library import Library
from .names import clean_name, name_of


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was kept and can be sent now."""

    id: UUID
    content_type: str
    file_name: str
    size: int


async def store_upload(
    library: Library,
    engine: AsyncEngine,
    body: AsyncIterator[bytes],
    *,
    connector: str,
    account: str,
    address_key: str,
    file_name: str,
    length: int | None = None,
) -> Upload:
    """Keep a customer's file until its message comes, for a day at most. Only this address may send it.

    Raises:
        Refused: too large, empty, or of a kind that is not kept.
        StoreAway: the store cannot serve now.
    """
    upload, found = await _keep(library, body, file_name, length)
    async with _or_nothing(library, upload), engine.begin() as conn:
        await media.add_upload(
            conn,
            upload.id,
            found,
            connector=connector,
            account=account,
            address_key=address_key,
            file_name=upload.file_name,
        )
    return upload


async def store_attachment(
    library: Library,
    engine: AsyncEngine,
    body: AsyncIterator[bytes],
    *,
    agent_id: AgentId,
    file_name: str,
    length: int | None = None,
) -> Upload:
    """Keep a colleague's file until it is sent, for a day at most. Only this person may send it.

    Raises:
        Refused: too large, empty, or of a kind that is not kept.
        StoreAway: the store cannot serve now.
    """
    upload, found = await _keep(library, body, file_name, length)
    async with _or_nothing(library, upload), engine.begin() as conn:
        await media.add_attachment(conn, upload.id, found, agent_id=agent_id, file_name=upload.file_name)
    return upload


@asynccontextmanager
async def _or_nothing(library: Library, upload: Upload) -> AsyncIterator[None]:
    """Bytes that no row speaks of are not left behind."""
    try:
        yield
    except BaseException:
        await library.delete(upload.id)
        raise


async def _keep(
    library: Library, body: AsyncIterator[bytes], file_name: str, length: int | None
) -> tuple[Upload, media.Stored]:
    async with library.receive(body, length=length) as received:
        name = name_of(clean_name(file_name), received.content_type)
        upload = Upload(uuid4(), received.content_type, name, received.size)
        await library.keep(upload.id, received)
    return upload, media.Stored(received.content_type, received.size, received.sha256)
