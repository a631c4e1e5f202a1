"""What a person at the desk does to a conversation: claim it, answer, note, hand it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.conversations.say import Chapter, Connectors, write
from onethread.conversations.texts import HouseTexts
from onethread.dialogue.compose import Attached, Draft
from onethread.ids import AgentId, CustomerId, MessageId
from onethread.storage import media, pages, threads
from onethread.storage.addresses import forget_disclosures, reply_address
from onethread.storage.conversations import agent_name, hold_agent, read_owner, set_owner


class NotOwner(Exception):
    """This conversation belongs to somebody else now."""


class NoAddress(Exception):
    """There is nowhere this customer may be written to."""


class FileGone(Exception):
    """A file to send is not there (any more), or was sent before."""


async def claim(
    conn: AsyncConnection,
    connectors: Connectors,
    texts: HouseTexts,
    customer_id: CustomerId,
    agent_id: AgentId,
    *,
    language: str = "en",
) -> bool:
    """Make the conversation this agent's and say so to the customer. False: somebody else has it."""
    won = await set_owner(conn, customer_id, "agent", agent_id=agent_id, expected=("bot", "queue"))
    if not won:
        owner = await read_owner(conn, customer_id)
        return owner is not None and owner.agent_id == agent_id
    await _announce(conn, connectors, texts, customer_id, agent_id, key="agent_joined", language=language)
    return True


async def hand_back(
    conn: AsyncConnection,
    connectors: Connectors,
    texts: HouseTexts,
    customer_id: CustomerId,
    agent_id: AgentId,
    *,
    to: Literal["bot", "queue"] = "bot",
    language: str = "en",
) -> bool:
    """Give the conversation back; to the bot, the customer is told. False: it is not this agent's.

    Whoever cannot be told now (he opted out) is told with the bot's next words.
    """
    done = await set_owner(
        conn,
        customer_id,
        to,
        reason="handed over by a colleague" if to == "queue" else None,
        expected=("agent",),
        expected_agent=agent_id,
    )
    if done and to == "bot":
        told = await _announce(
            conn, connectors, texts, customer_id, agent_id, key="agent_left", language=language
        )
        if not told:
            await forget_disclosures(conn, customer_id)
    return done


async def post_agent_message(  # noqa: PLR0917 - as the other acts: house first, then who and what
    conn: AsyncConnection,
    connectors: Connectors,
    texts: HouseTexts,
    customer_id: CustomerId,
    agent_id: AgentId,
    text: str,
    *,
    request_id: UUID | None = None,
    files: Sequence[UUID] = (),
    link: Callable[[UUID], str] = str,
) -> threads.ThreadMessage:
    """Send a person's answer to where the customer last wrote from. The same `request_id` twice sends once.

    `files` were attached by this agent before; `link` says where each can be fetched.

    Raises `NotOwner` when the conversation is not this agent's, `NoAddress` when nothing may be sent, and
    `FileGone`.
    """
    request_id = request_id or uuid4()
    # The lock makes a second press wait for the first.
    if not await hold_agent(conn, customer_id, agent_id):
        raise NotOwner(str(customer_id))
    sent = await threads.find_request(conn, request_id)
    if sent is not None:
        return sent
    address = await reply_address(conn, customer_id)
    if address is None:
        raise NoAddress(str(customer_id))
    sending = await media.send_attachments(conn, agent_id, customer_id, files)
    if len(sending) != len(files):
        raise FileGone
    attached = tuple(
        Attached(file.id, link(file.id), file.content_type, file.file_name, file.size or 0)
        for file in sending
    )
    draft = Draft(text=text, author="agent", purpose="agent", files=attached)
    await write(
        conn,
        connectors,
        Chapter(address=address, said=[draft], agent_id=agent_id, request_id=request_id),
    )
    sent = await threads.find_request(conn, request_id)
    if sent is None:
        raise LookupError("a message just written is not there")
    return sent


async def add_note(conn: AsyncConnection, customer_id: CustomerId, agent_id: AgentId, text: str) -> int:
    """A note for colleagues; never sent. Returns its number in the thread."""
    note = threads.NewMessage(
        id=MessageId(uuid4()), direction="note", author="agent", text=text, agent_id=agent_id
    )
    return (await pages.append(conn, customer_id, [note]))[0]


async def _announce(
    conn: AsyncConnection,
    connectors: Connectors,
    texts: HouseTexts,
    customer_id: CustomerId,
    agent_id: AgentId,
    *,
    key: str,
    language: str,
) -> bool:
    address = await reply_address(conn, customer_id)
    if address is None:
        return False
    said = texts.say(key, address.language or language, agent=await agent_name(conn, agent_id))
    draft = Draft(text=said.text, author="house", purpose="notice", response=f"utter_house_{key}")
    await write(conn, connectors, Chapter(address=address, said=[draft], agent_id=agent_id))
    return True
