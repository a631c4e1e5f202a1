"""Where the bytes are kept: a folder, or a bucket of any S3-compatible store."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import obstore
from obstore.store import S3Store

from onethread.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Config

_CHUNK = 256 * 1024


class StoreAway(Exception):
    """The store cannot serve now."""


class Missing(Exception):
    """There is no such object."""


class MediaStore(Protocol):
    """Objects by key (letters, digits and /), written once and never changed. Raises `StoreAway`."""

    async def put(self, key: str, source: Path) -> None:
        """Keep a copy of this file; on return it survives a loss of power."""

    def read(self, key: str, start: int, end: int) -> AsyncGenerator[bytes]:
        """Bytes `start` to before `end`; raises `Missing`."""

    async def delete(self, key: str) -> None:
        """Remove it; nothing happens when it is not there."""


class Folder:
    """Files below a folder of ours, readable by nobody else."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, source: Path) -> None:
        try:
            await asyncio.to_thread(self._put, key, source)
        except OSError as error:
            raise StoreAway(type(error).__name__) from error

    def _put(self, key: str, source: Path) -> None:
        place = self._root / key
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = place.with_name(f".{place.name}.new")
        with source.open("rb") as given, os.fdopen(os.open(written, _CREATE, 0o600), "wb") as kept:
            shutil.copyfileobj(given, kept, _CHUNK)
            kept.flush()
            os.fsync(kept.fileno())
        written.replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    async def read(self, key: str, start: int, end: int) -> AsyncGenerator[bytes]:
        opening = asyncio.ensure_future(asyncio.to_thread((self._root / key).open, "rb"))
        try:
            file = await asyncio.shield(opening)
        except asyncio.CancelledError:
            # Whoever asked went away: what is being opened has to be closed all the same.
            opening.add_done_callback(_close)
            raise
        except FileNotFoundError:
            raise Missing(key) from None
        except OSError as error:
            raise StoreAway(type(error).__name__) from error
        with file:
            file.seek(start)
            while start < end and (chunk := await asyncio.to_thread(file.read, min(_CHUNK, end - start))):
                start += len(chunk)
                yield chunk

    async def delete(self, key: str) -> None:
        try:
            await asyncio.to_thread((self._root / key).unlink, missing_ok=True)
        except OSError as error:
            raise StoreAway(type(error).__name__) from error


def _close(opening: asyncio.Future[Any]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class Bucket:
    """Objects below a prefix of an S3-compatible bucket."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    async def put(self, key: str, source: Path) -> None:
        try:
            await obstore.put_async(self._store, key, source)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise StoreAway(type(error).__name__) from error

    async def read(self, key: str, start: int, end: int) -> AsyncGenerator[bytes]:
        try:
            while start < end:
                upto = min(start + 8 * _CHUNK, end)
                chunk = await obstore.get_range_async(self._store, key, start=start, end=upto)
                start = upto
                yield bytes(chunk)
        except FileNotFoundError:
            raise Missing(key) from None
        except (obstore.exceptions.BaseError, OSError) as error:
            raise StoreAway(type(error).__name__) from error

    async def delete(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (obstore.exceptions.BaseError, OSError) as error:
            raise StoreAway(type(error).__name__) from error


def open_store(settings: Settings) -> MediaStore:
    """The store these settings name; nothing connects before it is used."""
    if not settings.media_store:
        return Folder(settings.data_dir / "media")
    place = urlsplit(settings.media_store)
    # What is not set here the library looks for where S3 clients do: AWS_* variables, the machine's own role.
    config: S3Config = {}
    if settings.s3_endpoint:
        config["endpoint"] = settings.s3_endpoint
    if settings.s3_region:
        config["region"] = settings.s3_region
    if settings.s3_access_key_id:
        config["access_key_id"] = settings.s3_access_key_id
        config["secret_access_key"] = settings.s3_secret_access_key.get_secret_value()
    return Bucket(
        S3Store(
            place.netloc,
            prefix=place.path.strip("/") or None,
            config=config,
            client_options={
                "timeout": "60s",
                "connect_timeout": "5s",
                "allow_http": settings.s3_endpoint.startswith("http://"),
            },
        )
    )
