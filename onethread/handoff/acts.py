"""What a person does at the desk: each act is one transaction together with its audit line."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Address, ShowsTyping
from onethread.conversations.desk import (
    FileGone,
    NoAddress,
    NotOwner,
    add_note,
    claim,
    hand_back,
    post_agent_message,
)
from onethread.ids import CustomerId
from onethread.storage import agents, conversations, desk
from onethread.storage.addresses import reply_address
from onethread.storage.agents import Agent

from .ports import DeskHouse
from .roles import Right, may

TEXT_MAX = 4_000
FILES_MAX = 10


class Refused(Exception):
    """The act was not done; the text says why, for the person at the desk."""


class Desk:
    """The acts of one house."""

    def __init__(self, house: DeskHouse) -> None:
        self._house = house

    async def take(self, agent: Agent, customer_id: CustomerId) -> None:
        """This person answers from now on; of two who press at once one gets it.

        Raises:
            Refused: somebody else has it.
        """
        _must(agent, Right.ANSWER)
        house = self._house
        async with house.engines.web.begin() as conn:
            won = await claim(
                conn,
                house.connectors,
                house.texts,
                customer_id,
                agent.id,
                language=house.settings.default_language,
            )
            if not won:
                card = await desk.read_card(conn, customer_id)
                raise Refused(
                    f"{(card and card.agent_name) or 'Somebody else'} already answers this customer."
                )
            await agents.record(conn, "take", agent_id=agent.id, customer_id=customer_id)
        self._tell(customer_id)

    async def answer(
        self,
        agent: Agent,
        customer_id: CustomerId,
        text: str,
        request_id: UUID,
        files: Sequence[UUID] = (),
    ) -> None:
        """Sends a text or files to where the customer last wrote from; the same request twice is one message.

        Raises:
            Refused: not this person's conversation, or nowhere to send to, or a file is not there.
        """
        _must(agent, Right.ANSWER)
        said = _text(text) if text.strip() or not files else ""
        if len(files) > FILES_MAX:
            raise Refused(f"At most {FILES_MAX} files can be sent at once.")
        house = self._house
        async with house.engines.web.begin() as conn:
            try:
                await post_agent_message(
                    conn,
                    house.connectors,
                    house.texts,
                    customer_id,
                    agent.id,
                    said,
                    request_id=request_id,
                    files=tuple(dict.fromkeys(files)),
                    link=house.links.url,
                )
            except NotOwner as error:
                raise Refused("Take the conversation first.") from error
            except NoAddress as error:
                raise Refused("The customer opted out: nothing may be sent.") from error
            except FileGone as error:
                raise Refused("A file is not there any more. Attach it again.") from error
            await agents.record(conn, "answer", agent_id=agent.id, customer_id=customer_id)
        self._tell(customer_id)

    async def note(self, agent: Agent, customer_id: CustomerId, text: str) -> None:
        """Keeps a remark that only the desk sees."""
        _must(agent, Right.NOTE)
        async with self._house.engines.web.begin() as conn:
            await add_note(conn, customer_id, agent.id, _text(text))
            await agents.record(conn, "note", agent_id=agent.id, customer_id=customer_id)
        self._tell(customer_id)

    async def hand_back(self, agent: Agent, customer_id: CustomerId, *, resolved: bool = False) -> None:
        """The assistant answers again; the customer is told.

        Raises:
            Refused: not this person's conversation.
        """
        _must(agent, Right.ANSWER)
        house = self._house
        async with house.engines.web.begin() as conn:
            owner = await conversations.read_owner(conn, customer_id)
            if owner is None or (owner.owner != "bot" and not await self._leave(conn, agent, customer_id)):
                raise Refused("Take the conversation first.")
            if resolved:
                await desk.set_resolved(conn, customer_id)
            action = "resolve" if resolved else "hand_back"
            await agents.record(conn, action, agent_id=agent.id, customer_id=customer_id)
        self._tell(customer_id)

    async def _leave(self, conn: AsyncConnection, agent: Agent, customer_id: CustomerId) -> bool:
        house = self._house
        return await hand_back(
            conn,
            house.connectors,
            house.texts,
            customer_id,
            agent.id,
            language=house.settings.default_language,
        )

    async def release(self, agent: Agent, customer_id: CustomerId) -> None:
        """Puts a conversation back into the queue: one's own, or (supervisors) anybody's.

        Raises:
            Refused: nobody has it, or somebody else.
        """
        _must(agent, Right.ANSWER)
        house = self._house
        async with house.engines.web.begin() as conn:
            owner = await conversations.read_owner(conn, customer_id)
            if owner is None or owner.agent_id is None:
                raise Refused("Nobody has this ")
            if owner.agent_id != agent.id and not may(agent.role, Right.RELEASE_OTHERS):
                raise Refused("Somebody else answers this customer.")
            done = await hand_back(
                conn, house.connectors, house.texts, customer_id, owner.agent_id, to="queue"
            )
            if not done:
                raise Refused("It has just changed hands.")
            await agents.record(conn, "release", agent_id=agent.id, customer_id=customer_id)
        self._tell(customer_id)

    async def typing(self, agent: Agent, customer_id: CustomerId) -> None:
        """Shows the customer that a person writes, where the channel can."""
        async with self._house.engines.web.connect() as conn:
            owner = await conversations.read_owner(conn, customer_id)
            if owner is None or owner.agent_id != agent.id:
                return
            known = await reply_address(conn, customer_id)
        if known is None:
            return
        door = self._house.connector(known.connector, known.account)
        if isinstance(door, ShowsTyping):
            await door.typing(Address(known.connector, known.account, known.key))

    def _tell(self, customer_id: CustomerId) -> None:
        self._house.fanout.thread(customer_id)
        self._house.fanout.desk()


def _must(agent: Agent, right: Right) -> None:
    if not may(agent.role, right):
        raise Refused(f"A {agent.role} may not do that.")


def _text(text: str) -> str:
    cleaned = text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd").strip()
    if not cleaned:
        raise Refused("There is nothing to send.")
    if len(cleaned) > TEXT_MAX:
        raise Refused(f"At most {TEXT_MAX} characters can be sent at once.")
    return cleaned
