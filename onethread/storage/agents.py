"""The people of the desk: who they are, their sessions, their one-time links, and what they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import AgentId, CustomerId
from onethread.storage.tables import agent_sessions, agents, audit, one_time_links

Role = Literal["viewer", "agent", "supervisor", "admin"]
_FIRST_ADMIN_LOCK = 0x0E17_AD31


@dataclass(frozen=True, slots=True)
class Agent:
    """One person who may sign in."""

    id: AgentId
    email: str
    name: str
    role: Role
    active: bool
    has_password: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person and the secret word of his forms."""

    agent: Agent
    csrf: str


@dataclass(frozen=True, slots=True)
class Link:
    """What a living one-time link is for; no agent: it makes the first administrator."""

    agent: Agent | None


_AGENT = (
    agents.c.id,
    agents.c.email,
    agents.c.name,
    agents.c.role,
    agents.c.active,
    agents.c.password_hash.is_not(None).label("has_password"),
    agents.c.created_at,
)


def _agent(row: Mapping[Any, Any]) -> Agent:
    names = ("id", "email", "name", "role", "active", "has_password", "created_at")
    return Agent(**{name: row[name] for name in names})


def _seconds(count: int) -> object:
    return func.make_interval(0, 0, 0, 0, 0, 0, count)


def normal_email(email: str) -> str:
    """How an e-mail address is kept and compared."""
    return email.strip().lower()


async def find_agent(conn: AsyncConnection, email: str) -> tuple[Agent, str | None] | None:
    """The person with this e-mail and his password's hash."""
    found = await conn.execute(
        select(*_AGENT, agents.c.password_hash).where(agents.c.email == normal_email(email))
    )
    row = found.mappings().one_or_none()
    return None if row is None else (_agent(row), row["password_hash"])


async def list_agents(conn: AsyncConnection) -> list[Agent]:
    """Everybody, oldest first."""
    return [_agent(row) for row in (await conn.execute(select(*_AGENT).order_by(agents.c.id))).mappings()]


async def agent_name(conn: AsyncConnection, agent_id: AgentId) -> str:
    """What customers are told this person is called; empty when he is unknown."""
    found = await conn.execute(select(agents.c.name).where(agents.c.id == agent_id))
    return found.scalar_one_or_none() or ""


async def add_agent(
    conn: AsyncConnection, *, email: str, name: str, role: Role, password_hash: str | None = None
) -> Agent | None:
    """A new person; None when the e-mail is taken."""
    made = await conn.execute(
        upsert(agents)
        .values(email=normal_email(email), name=name.strip(), role=role, password_hash=password_hash)
        .on_conflict_do_nothing()
        .returning(*_AGENT)
    )
    row = made.mappings().one_or_none()
    return None if row is None else _agent(row)


async def add_first_admin(
    conn: AsyncConnection, *, email: str, name: str, password_hash: str
) -> Agent | None:
    """The first person of all, an administrator; None when there is somebody already."""
    await conn.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _FIRST_ADMIN_LOCK})
    if await has_agents(conn):
        return None
    return await add_agent(conn, email=email, name=name, role="admin", password_hash=password_hash)


async def has_agents(conn: AsyncConnection) -> bool:
    """Whether anybody may sign in at all."""
    return (await conn.execute(select(agents.c.id).limit(1))).first() is not None


async def set_password(conn: AsyncConnection, agent_id: AgentId, password_hash: str) -> None:
    """A new password; every session made with the old one is over."""
    await conn.execute(update(agents).where(agents.c.id == agent_id).values(password_hash=password_hash))
    await end_sessions(conn, agent_id)


async def open_session(
    conn: AsyncConnection, *, agent_id: AgentId, token_hash: bytes, csrf: str, absolute_s: int
) -> None:
    """A session that lives `absolute_s` seconds at most. Sweeps out those that are over."""
    await conn.execute(delete(agent_sessions).where(agent_sessions.c.expires_at < func.now()))
    await conn.execute(
        insert(agent_sessions).values(
            token_hash=token_hash,
            agent_id=agent_id,
            csrf=csrf,
            expires_at=func.now() + _seconds(absolute_s),
        )
    )


async def find_session(conn: AsyncConnection, *, token_hash: bytes, idle_s: int) -> Session | None:
    """The living session of an active person, which counts as used now."""
    found = await conn.execute(
        update(agent_sessions)
        .where(
            agent_sessions.c.token_hash == token_hash,
            agent_sessions.c.agent_id == agents.c.id,
            agent_sessions.c.expires_at > func.now(),
            agent_sessions.c.last_seen_at > func.now() - _seconds(idle_s),
            agents.c.active,
        )
        .values(last_seen_at=func.now())
        .returning(*_AGENT, agent_sessions.c.csrf)
    )
    row = found.mappings().one_or_none()
    return None if row is None else Session(_agent(row), row["csrf"])


async def end_session(conn: AsyncConnection, token_hash: bytes) -> None:
    """Signs out here."""
    await conn.execute(delete(agent_sessions).where(agent_sessions.c.token_hash == token_hash))


async def end_sessions(conn: AsyncConnection, agent_id: AgentId) -> None:
    """Signs out everywhere."""
    await conn.execute(delete(agent_sessions).where(agent_sessions.c.agent_id == agent_id))


async def add_link(
    conn: AsyncConnection, *, token_hash: bytes, agent_id: AgentId | None, lives_s: int
) -> None:
    """A link that works once; earlier ones for the same purpose stop working."""
    await conn.execute(delete(one_time_links).where(one_time_links.c.agent_id.is_not_distinct_from(agent_id)))
    await conn.execute(
        insert(one_time_links).values(
            token_hash=token_hash, agent_id=agent_id, expires_at=func.now() + _seconds(lives_s)
        )
    )


async def read_link(conn: AsyncConnection, token_hash: bytes) -> Link | None:
    """What an unused link is for, without using it."""
    found = await conn.execute(
        select(*_AGENT, one_time_links.c.token_hash)
        .select_from(one_time_links.outerjoin(agents, agents.c.id == one_time_links.c.agent_id))
        .where(
            one_time_links.c.token_hash == token_hash,
            one_time_links.c.used_at.is_(None),
            one_time_links.c.expires_at > func.now(),
        )
    )
    row = found.mappings().one_or_none()
    if row is None:
        return None
    return Link(_agent(row) if row["id"] is not None else None)


async def use_link(conn: AsyncConnection, token_hash: bytes) -> bool:
    """Takes the link; of two who press at once one gets False."""
    done = await conn.execute(
        update(one_time_links)
        .where(
            one_time_links.c.token_hash == token_hash,
            one_time_links.c.used_at.is_(None),
            one_time_links.c.expires_at > func.now(),
        )
        .values(used_at=func.now())
    )
    return bool(done.rowcount)


async def record(
    conn: AsyncConnection,
    action: str,
    *,
    agent_id: UUID | None,
    customer_id: CustomerId | None = None,
    **detail: object,
) -> None:
    """One line of the audit: who did or read what. No customer's text."""
    await conn.execute(
        insert(audit).values(agent_id=agent_id, action=action, customer_id=customer_id, detail=detail)
    )
