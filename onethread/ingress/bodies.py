"""Keeps raw webhook bodies encrypted with a key of their day; a destroyed key makes them unreadable."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onethread.storage import bodies

_NONCE = 12
_DAYS_KEPT = 7


class BodyLost(Exception):
    """The key of that day is destroyed, or belongs to another secret."""


class BodyVault:
    """Encrypts with the day's key, which is itself kept wrapped by a key made of the house's secret."""

    def __init__(self, secret: str, *, today: Callable[[], date] | None = None) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"onethread webhook bodies")
        self._wrap = AESGCM(derive.derive(secret.encode()))
        self._today = today or (lambda: datetime.now(UTC).date())
        self._day: date | None = None
        self._key: AESGCM | None = None

    async def ready(self, engine: AsyncEngine) -> None:
        """Make or fetch today's key, in a transaction of its own; nothing to do on all but the first call."""
        day = self._today()
        if day == self._day:
            return
        fresh = os.urandom(32)
        async with engine.begin() as conn:
            wrapped = await bodies.keep_key(conn, day, self._seal(self._wrap, fresh, day.isoformat()))
        try:
            self._key = AESGCM(self._open(self._wrap, wrapped, day.isoformat()))
        except BodyLost:
            raise BodyLost(
                f"the key of {day} was made with another ONETHREAD_SECRET_KEY than this process has"
            ) from None
        self._day = day

    def seal(self, raw: bytes) -> bodies.NewBody:
        """One body under an id of its own, to be stored. `ready` must have been called."""
        if self._key is None or self._day is None:
            raise RuntimeError("the vault has no key yet")
        body_id = uuid4()
        return bodies.NewBody(body_id, self._day, self._seal(self._key, raw, str(body_id)))

    async def read(self, conn: AsyncConnection, body_id: UUID) -> bytes:
        """The raw bytes again; raises `BodyLost` when they are gone."""
        stored = await bodies.find_body(conn, body_id)
        if stored is None or stored.wrapped_key is None:
            raise BodyLost(str(body_id))
        key = AESGCM(self._open(self._wrap, stored.wrapped_key, stored.day.isoformat()))
        return self._open(key, stored.body, str(body_id))

    async def shred(self, conn: AsyncConnection) -> int:
        """Destroy the keys of days more than seven days back, and the bodies; tells how many keys."""
        return await bodies.destroy_keys(conn, before=self._today() - timedelta(days=_DAYS_KEPT))

    @staticmethod
    def _seal(key: AESGCM, plain: bytes, label: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + key.encrypt(nonce, plain, label.encode())

    @staticmethod
    def _open(key: AESGCM, sealed: bytes, label: str) -> bytes:
        try:
            return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], label.encode())
        except InvalidTag:
            raise BodyLost(label) from None
