"""One-time links: the first administrator, and a new password for somebody who has none."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onethread.ids import AgentId
from onethread.storage import agents

LINK_LIVES_S = 24 * 3600


def hash_token(token: str) -> bytes:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


async def make_link(conn: AsyncConnection, public_url: str, agent_id: AgentId | None) -> str:
    """A URL that works once within a day. None: it makes the first administrator."""
    token = secrets.token_urlsafe(32)
    await agents.add_link(conn, token_hash=hash_token(token), agent_id=agent_id, lives_s=LINK_LIVES_S)
    return f"{public_url}/desk/welcome/{token}"


async def make_first_admin_link(engine: AsyncEngine, public_url: str) -> str | None:
    """The link that makes the first administrator; None when somebody can sign in already."""
    async with engine.begin() as conn:
        if await agents.has_agents(conn):
            return None
        return await make_link(conn, public_url, None)
