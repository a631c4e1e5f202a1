"""What a supervisor decides about who is who: link two customers, undo it, accept or refuse a proposal."""

from __future__ import annotations

from uuid import UUID

from onethread.fanout import Fanout
from onethread.identity.linking import accept_link, ask_link, ask_undo, refuse_link
from onethread.ids import CustomerId, LinkId
from onethread.storage import agents, people
from onethread.storage.agents import Agent
from onethread.storage.engine import Engines

from .acts import Refused
from .roles import Right, may

_REASON_MAX = 200
_GONE = "That was decided in the meantime."


class Joining:
    """Decisions about links: each is one transaction with its audit line; a job carries it out."""

    def __init__(self, engines: Engines, fanout: Fanout) -> None:
        self._engine = engines.web
        self._fanout = fanout

    async def link(self, agent: Agent, customer_id: CustomerId, other: str) -> None:
        """These two are one person.

        Raises:
            Refused: no right to it, or one of them is not there (any more).
        """
        _must(agent)
        other_id = _id(other)
        async with self._engine.begin() as conn:
            pair = None if other_id == customer_id else await people.pair_of(conn, customer_id, other_id)
            if pair is None:
                raise Refused("That customer is not there any more.")
            link_id = await ask_link(conn, *pair, trust="proved", evidence="desk")
            await agents.record(
                conn,
                "link",
                agent_id=agent.id,
                customer_id=customer_id,
                other=str(other_id),
                link=str(link_id),
            )
        self._tell(customer_id)

    async def undo(self, agent: Agent, customer_id: CustomerId, link: str, reason: str) -> None:
        """They are two after all; each gets their own history back.

        Raises:
            Refused: no right to it, or it does not stand.
        """
        link_id = await self._mine(agent, customer_id, link)
        why = " ".join(reason.split())[:_REASON_MAX]
        async with self._engine.begin() as conn:
            if not await ask_undo(conn, link_id, by=agent.id, reason=why or "undone at the desk"):
                raise Refused(_GONE)
            await agents.record(conn, "unlink", agent_id=agent.id, customer_id=customer_id, link=str(link_id))
        self._tell(customer_id)

    async def decide(self, agent: Agent, customer_id: CustomerId, link: str, *, accept: bool) -> None:
        """What was proposed is done, or is not.

        Raises:
            Refused: no right to it, or it was decided before.
        """
        link_id = await self._mine(agent, customer_id, link)
        async with self._engine.begin() as conn:
            done = (
                await accept_link(conn, link_id)
                if accept
                else await refuse_link(conn, link_id, f"refused by {agent.name}")
            )
            if not done:
                raise Refused(_GONE)
            action = "accept_link" if accept else "refuse_link"
            await agents.record(conn, action, agent_id=agent.id, customer_id=customer_id, link=str(link_id))
        self._tell(customer_id)

    async def _mine(self, agent: Agent, customer_id: CustomerId, link: str) -> LinkId:
        """The link, if this person may decide about it and it is about this customer."""
        _must(agent)
        link_id = _id(link)
        async with self._engine.connect() as conn:
            if not await people.is_of(conn, link_id, customer_id):
                raise Refused(_GONE)
        return LinkId(link_id)

    def _tell(self, customer_id: CustomerId) -> None:
        self._fanout.thread(customer_id)
        self._fanout.desk()


def _must(agent: Agent) -> None:
    if not may(agent.role, Right.LINK):
        raise Refused(f"A {agent.role} may not do that.")


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise Refused(_GONE) from None
