"""Tokens of programs that use `/api/v1`: made once, shown once, kept as a hash, revoked for good."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.storage.tables import api_tokens

_PREFIX = "ot_"
_BYTES = 32
_TOUCH_EVERY = text("interval '1 minute'")


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token without its secret."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


_TOKEN = (
    api_tokens.c.id,
    api_tokens.c.name,
    api_tokens.c.created_at,
    api_tokens.c.last_used_at,
    api_tokens.c.revoked_at,
)


async def make_token(conn: AsyncConnection, name: str) -> str:
    """A new token, which nobody can be told again."""
    token = _PREFIX + secrets.token_urlsafe(_BYTES)
    await conn.execute(insert(api_tokens).values(name=name, token_hash=_hash(token)))
    return token


async def find_token(conn: AsyncConnection, token: str) -> ApiToken | None:
    """Whose this is, unless it was revoked; it counts as used now.

    Looked up by its hash: how long that takes tells nothing of the 256 random bits behind it.
    """
    if not token.startswith(_PREFIX) or not token.isascii():
        return None
    row = (
        await conn.execute(
            select(*_TOKEN).where(api_tokens.c.token_hash == _hash(token), api_tokens.c.revoked_at.is_(None))
        )
    ).one_or_none()
    if row is None:
        return None
    used = func.coalesce(api_tokens.c.last_used_at < func.now() - _TOUCH_EVERY, True)
    await conn.execute(
        update(api_tokens).where(api_tokens.c.id == row.id, used).values(last_used_at=func.now())
    )
    return ApiToken(**row._mapping)


async def list_tokens(conn: AsyncConnection) -> list[ApiToken]:
    """Every token there was, oldest first."""
    found = await conn.execute(select(*_TOKEN).order_by(api_tokens.c.created_at))
    return [ApiToken(**row._mapping) for row in found]


async def revoke_token(conn: AsyncConnection, name: str) -> int:
    """Tokens of this name open nothing any more; how many there were."""
    done = await conn.execute(
        update(api_tokens)
        .where(api_tokens.c.name == name, api_tokens.c.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
    return done.rowcount


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
