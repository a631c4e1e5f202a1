"""Beside the walk: sends one-time codes to the address they prove, and forgets them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onethread.conversations.evidence import SEND_CODE
from onethread.conversations.say import Connectors
from onethread.conversations.texts import HouseTexts
from onethread.dialogue.compose import Draft, outbound
from onethread.fanout import Fanout
from onethread.identity.codes import DIGITS, LIVES_S, Codes, new_code
from onethread.ids import CustomerId, MessageId
from onethread.jobs.running import Attempt, Jobs
from onethread.storage import codes as kept
from onethread.storage import continuations, outbox, pages, threads
from onethread.storage.addresses import KnownAddress, read_address

_KEPT_S = 2 * 3_600
_KEPT_DAYS = 2
_HIDDEN = "\u2022" * DIGITS


@dataclass(frozen=True, slots=True)
class CodeJobs:
    """What jobs about codes need of a house."""

    engine: AsyncEngine
    connectors: Connectors
    texts: HouseTexts
    codes: Codes
    fanout: Fanout
    default_language: str
    random: Callable[[int], int] = secrets.randbelow

    def register(self, jobs: Jobs) -> None:
        """Make the tasks known."""
        jobs.task(SEND_CODE, self.send, tries=3)
        jobs.every("identity.forget_codes", "*/5 * * * *", self.forget)

    async def send(self, attempt: Attempt, code_id: str) -> None:
        """Queue a code that was asked for; once, and to nobody who does not want to hear from us."""
        async with self.engine.begin() as conn:
            told = await self._send(conn, UUID(code_id))
        if told is not None:
            self.fanout.thread(told)

    async def _send(self, conn: AsyncConnection, code_id: UUID) -> CustomerId | None:
        asked = await kept.read(conn, code_id)
        if asked is None or asked.status != "asked" or asked.code_digest or asked.age_s > LIVES_S:
            return None
        address = await read_address(conn, asked.target_id) if asked.target_id else None
        if address is None or address.opted_out_at is not None:
            return None
        code = new_code(self.random(10**DIGITS))
        message_id = await self._queue(conn, address, code)
        await kept.note_sent(conn, code_id, self.codes.of_code(code_id, code), message_id)
        return address.customer_id

    async def _queue(self, conn: AsyncConnection, address: KnownAddress, code: str) -> MessageId:
        """The thread says that a code was sent; only what leaves the house holds the code itself."""
        language = address.language or self.default_language
        sent, shown = (
            Draft(
                text=self.texts.say("code", language, code=value).text,
                author="house",
                purpose="notice",
                response="utter_house_code",
            )
            for value in (code, _HIDDEN)
        )
        row = threads.NewMessage(
            id=MessageId(uuid4()),
            direction="out",
            author="house",
            text=shown.plain,
            address_id=address.id,
            channel=address.channel,
            content={"response": "utter_house_code"},
        )
        (number,) = await pages.append(conn, address.customer_id, [row])
        await outbox.enqueue(
            conn,
            customer_id=address.customer_id,
            address_id=address.id,
            message_id=row.id,
            turn_id=None,
            purpose="notice",
            parts=self.connectors[address.connector, address.account].render(outbound(sent, number)),
        )
        return row.id

    async def forget(self) -> None:
        """Take codes that are over out of what was sent, and drop what counts for nothing any more."""
        async with self.engine.begin() as conn:
            await kept.forget_old(conn, lives_s=LIVES_S, kept_s=_KEPT_S)
            await continuations.forget_old(conn, days=_KEPT_DAYS)
