"""Signs people in and out: random tokens of which only the hash is kept, and tries that are counted."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from onethread.ids import AgentId
from onethread.storage import agents
from onethread.storage.agents import Agent, Session, normal_email
from onethread.web.limits import Windows

from .onboarding import hash_token
from .passwords import Passwords

COOKIE = "onethread_desk"
IDLE_S = 2 * 3600
ABSOLUTE_S = 12 * 3600
_TRIES_PER_PERSON = 5
_TRIES_PER_PEER = 20
_TRIES_IN_S = 300.0


class SignInRefused(Exception):
    """Wrong e-mail or password; which one is not said."""


class TooManyTries(Exception):
    """This person or peer tried too often; wait some minutes."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just made; the token is told once."""

    token: str
    agent: Agent


class DeskSessions:
    """Who is signed in at the desk."""

    def __init__(
        self, engine: AsyncEngine, passwords: Passwords, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._passwords = passwords
        self._clock = clock
        self._by_person = Windows(_TRIES_PER_PERSON, _TRIES_IN_S)
        self._by_peer = Windows(_TRIES_PER_PEER, _TRIES_IN_S)

    async def sign_in(self, email: str, password: str, *, peer: str) -> SignedIn:
        """A new session; a token that was there before is not used again.

        Raises:
            SignInRefused: not this password, or nobody's.
            TooManyTries: checked before the password is.
        """
        now = self._clock()
        if not self._by_peer.take(peer, now) or not self._by_person.take(normal_email(email), now):
            raise TooManyTries
        async with self._engine.connect() as conn:
            found = await agents.find_agent(conn, email)
        agent, kept = found if found else (None, None)
        if not await self._passwords.fits(password, kept) or agent is None or not agent.active:
            async with self._engine.begin() as conn:
                await agents.record(conn, "signin.refused", agent_id=agent.id if agent else None)
            raise SignInRefused
        self._by_person.clear(normal_email(email))
        return await self.open(agent)

    async def open(self, agent: Agent) -> SignedIn:
        """A session for a person who has just proved who he is."""
        token = secrets.token_urlsafe(32)
        async with self._engine.begin() as conn:
            await agents.open_session(
                conn,
                agent_id=agent.id,
                token_hash=hash_token(token),
                csrf=secrets.token_urlsafe(24),
                absolute_s=ABSOLUTE_S,
            )
            await agents.record(conn, "signin", agent_id=agent.id)
        return SignedIn(token, agent)

    async def find(self, token: str | None) -> Session | None:
        """The session behind a token, or None when it is unknown, over, or its person is gone."""
        if not token or len(token) > 128:
            return None
        async with self._engine.begin() as conn:
            return await agents.find_session(conn, token_hash=hash_token(token), idle_s=IDLE_S)

    async def sign_out(self, token: str, agent_id: AgentId) -> None:
        """Ends this session."""
        async with self._engine.begin() as conn:
            await agents.end_session(conn, hash_token(token))
            await agents.record(conn, "signout", agent_id=agent_id)

    async def sign_out_everywhere(self, agent_id: AgentId) -> None:
        """Ends every session of this person."""
        async with self._engine.begin() as conn:
            await agents.end_sessions(conn, agent_id)
            await agents.record(conn, "signout.everywhere", agent_id=agent_id)
