"""The jobs of this room: fetch what came in, and forget what was kept long enough."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.contract import Connector, CredentialsRejected, LocatesMedia, MediaRef, Retryable, SendError
from onethread.fanout import Fanout
from onethread.jobs.running import Attempt, Jobs
from onethread.storage import media

from .faults import Lost, MediaError, Refused, Unavailable
from .fetching import Fetcher
from .inbound import FETCH
from .library import Library
from .store import StoreAway

log = structlog.get_logger()
FORGET = "media.forget"
_HALF_RECEIVED_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class MediaJobs:
    """What the jobs are done with."""

    engine: AsyncEngine
    connectors: Mapping[tuple[str, str], Connector]
    library: Library
    fetcher: Fetcher
    fanout: Fanout
    days: int

    def register(self, jobs: Jobs) -> None:
        """Make them known to this worker."""
        jobs.task(FETCH, self.fetch)
        jobs.every(FORGET, "41 * * * *", self.forget)

    async def fetch(self, attempt: Attempt, *, media_id: str) -> None:
        """Have one waiting file, or write down why not. Done again it changes nothing.

        Raises `Unavailable` when it is worth another try.
        """
        async with self.engine.connect() as conn:
            file = await media.read_file(conn, UUID(media_id))
        if file is None or file.status != "waiting":
            return
        try:
            await self._have(file)
        except (Refused, Lost) as error:
            await self._end(file, "refused" if isinstance(error, Refused) else "failed", error)
        except Unavailable as error:
            log.warning("media.fetch.failed", media_id=media_id, attempt=attempt.number, reason=str(error))
            if not attempt.last:
                raise
            await self._end(file, "failed", error)

    async def _have(self, file: media.File) -> None:
        door: object = self.connectors.get((file.connector, file.account))
        if not isinstance(door, LocatesMedia):
            raise Lost("This channel gives no files away.")
        item = MediaRef(ref=file.ref, content_type=file.content_type, file_name=file.file_name)
        try:
            source = await door.locate_media(item)
        except (Retryable, CredentialsRejected) as error:
            raise Unavailable(_sentence(error)) from None
        except SendError as error:
            raise Lost(_sentence(error)) from None
        try:
            async with (
                self.fetcher.open(source) as body,
                self.library.receive(body.chunks, length=body.length) as received,
            ):
                await self.library.keep(file.id, received)
        except StoreAway:
            raise Unavailable("It could not be stored.") from None
        found = media.Stored(received.content_type, received.size, received.sha256)
        async with self.engine.begin() as conn:
            customer_id = await media.mark_stored(conn, file.id, found)
        log.info("media.file.stored", media_id=str(file.id), size=found.size)
        if customer_id is not None:
            self.fanout.thread(customer_id)

    async def _end(self, file: media.File, status: str, error: MediaError) -> None:
        async with self.engine.begin() as conn:
            customer_id = await media.mark_ended(conn, file.id, status, str(error))
        log.warning("media.file.ended", media_id=str(file.id), status=status, reason=str(error))
        if customer_id is not None:
            self.fanout.thread(customer_id)

    async def forget(self) -> None:
        """Delete what was kept long enough, and what nobody sent."""
        self.library.sweep(time.time() - _HALF_RECEIVED_S)
        async with self.engine.begin() as conn:
            await media.end_stuck(conn)
        gone = 0
        while True:
            async with self.engine.connect() as conn:
                old = await media.list_old(conn, self.days)
            if not old:
                break
            for media_id in old:
                await self.library.delete(media_id)  # first the bytes: a row that stays is tried again
            async with self.engine.begin() as conn:
                await media.mark_gone(conn, old)
            gone += len(old)
        if gone:
            log.info("media.files.deleted", files=gone)


def _sentence(error: SendError) -> str:
    """A door's words, which hold no address or token, as people read them."""
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
