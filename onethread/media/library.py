"""Takes files in, within limits, and keeps them: bytes in the store, facts for the caller to write down."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from onethread.settings import Settings

from .faults import Refused, Why, too_large
from .kinds import HEAD_BYTES, sniff
from .store import MediaStore, StoreAway, open_store

_SPARE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file that was found to be one we keep; `path` is gone when the block ends."""

    path: Path
    content_type: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Library:
    """The files of one house. `incoming`: where a file stands while it comes in.

    `spare_bytes` of that disk are left alone: the last of it is for messages, not for files.
    """

    store: MediaStore
    incoming: Path
    max_bytes: int
    spare_bytes: int = _SPARE_BYTES

    @classmethod
    def of(cls, settings: Settings) -> Library:
        """The library these settings describe."""
        return cls(
            open_store(settings), settings.data_dir / "media" / "incoming", settings.media_max_mb * 1_000_000
        )

    @asynccontextmanager
    async def receive(
        self, chunks: AsyncIterator[bytes], *, length: int | None = None
    ) -> AsyncIterator[Received]:
        """Take a file in, as far as the limits allow. `length`: how long it is said to be, in bytes.

        Raises:
            Refused: too large, empty, or of a kind that is not kept.
            StoreAway: the disk is almost full.
        """
        if length is not None and length > self.max_bytes:
            raise too_large(self.max_bytes)
        self.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.incoming).free < self.spare_bytes + self.max_bytes:
            raise StoreAway("the disk is almost full")
        with tempfile.NamedTemporaryFile(dir=self.incoming) as file:  # 0600
            head, size, digest = b"", 0, hashlib.sha256()
            async for chunk in chunks:
                size += len(chunk)
                if size > self.max_bytes:
                    raise too_large(self.max_bytes)
                if len(head) < HEAD_BYTES:
                    head += chunk[: HEAD_BYTES - len(head)]
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            if not size:
                raise Refused("The file is empty.", Why.EMPTY)
            content_type = sniff(head)
            if not content_type:
                raise Refused("Files of this kind are not accepted.", Why.KIND)
            yield Received(Path(file.name), content_type, size, digest.digest())

    async def keep(self, media_id: UUID, received: Received) -> None:
        """Put the bytes where they stay; the same id twice is the same object. Raises `StoreAway`."""
        await self.store.put(key_of(media_id), received.path)

    def sweep(self, older_than: float) -> None:
        """Remove what dead processes left half received before this time (epoch s)."""
        if self.incoming.is_dir():
            for path in self.incoming.iterdir():
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < older_than:
                        path.unlink()

    def read(self, media_id: UUID, start: int, end: int) -> AsyncGenerator[bytes]:
        """Bytes `start` to before `end`; raises `Missing` and `StoreAway`."""
        return self.store.read(key_of(media_id), start, end)

    async def delete(self, media_id: UUID) -> None:
        """Remove the bytes; raises `StoreAway`."""
        await self.store.delete(key_of(media_id))


def key_of(media_id: UUID) -> str:
    """Where the store keeps it: spread over 256 folders."""
    return f"{media_id.hex[-2:]}/{media_id.hex}"
