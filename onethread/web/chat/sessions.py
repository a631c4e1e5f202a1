"""Makes and finds web chat sessions: random tokens, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.webchat.settings import WebchatSettings
from onethread.storage import webchat

COOKIE = "onethread_chat"


def hash_token(token: str) -> bytes:
    """What is stored of a token; tokens are random and long, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just made; the token is told once."""

    token: str
    address_key: str


class Sessions:
    """The sessions of one web chat account."""

    def __init__(self, engine: AsyncEngine, settings: WebchatSettings) -> None:
        self._engine = engine
        self._settings = settings

    async def create(self) -> NewSession:
        """A new session with an address of its own; both ids are made here, never by a browser."""
        session = NewSession(token=secrets.token_urlsafe(32), address_key=secrets.token_hex(16))
        async with self._engine.begin() as conn:
            await webchat.create_session(
                conn,
                token_hash=hash_token(session.token),
                address_key=session.address_key,
                absolute_s=self._settings.absolute_s,
            )
        return session

    async def find(self, token: str | None) -> str | None:
        """The address key behind a token, or None when it is unknown or over."""
        if not token or len(token) > 128:
            return None
        async with self._engine.begin() as conn:
            return await webchat.find_session(
                conn, token_hash=hash_token(token), idle_s=self._settings.idle_s
            )
