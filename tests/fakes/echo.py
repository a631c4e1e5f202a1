"""A worker without an assistant: takes inbox rows up, answers `echo <text>`, counts nothing as failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from sqlalchemy import text

from connectors.contract import Address, Button, OutboundMessage
from onethread.app import House
from onethread.ids import MessageId
from onethread.storage import outbox, pages, threads
from onethread.storage.addresses import create_customer, find_address


class EchoWorker:
    """Runs beside a house in a test. With `hold` set, nothing is taken up until it is cleared."""

    def __init__(self, house: House, *, buttons: tuple[str, ...] = ()) -> None:
        self._house = house
        self._buttons = buttons
        self.hold = asyncio.Event()
        self.hold.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.hold.wait()
            if not await self.step():
                await asyncio.sleep(0.02)

    async def step(self) -> bool:
        """Takes one pending row; False when there was none."""
        async with self._house.engines.web.begin() as conn:
            found = await conn.execute(
                text(
                    "select * from inbox where status = 'pending' order by id limit 1 for update skip locked"
                )
            )
            row = found.mappings().one_or_none()
            if row is None:
                return False
            door = self._house.connector(row["connector"], row["account"])
            place = (row["connector"], row["account"], row["address_key"])
            if await find_address(conn, *place) is None:
                await create_customer(conn, *place, channel=door.channel.value, phone=None, display_name="")
            address = await find_address(conn, *place)
            assert address is not None
            heard = row["text"] or f"tapped {row['tap']}"
            answer = MessageId(uuid4())
            choices = [{"title": title, "payload": "/x"} for title in self._buttons]
            numbers = await pages.append(
                conn,
                address.customer_id,
                [
                    threads.NewMessage(
                        id=MessageId(uuid4()),
                        direction="in",
                        author="customer",
                        text=row["text"] if row["kind"] == "media" else heard,
                        kind=row["kind"],
                        content={name: value for name, value in row["content"].items() if name != "profile"},
                        address_id=address.id,
                        channel=address.channel,
                        inbox_id=row["id"],
                    ),
                    threads.NewMessage(
                        id=answer,
                        direction="out",
                        author="bot",
                        text=f"echo {heard}",
                        address_id=address.id,
                        channel=address.channel,
                        content={"buttons": choices},
                    ),
                ],
            )
            said = OutboundMessage(
                f"echo {heard}",
                buttons=tuple(
                    Button(title, threads.tap_id(numbers[1], place))
                    for place, title in enumerate(self._buttons, 1)
                ),
            )
            await outbox.enqueue(
                conn,
                customer_id=address.customer_id,
                address_id=address.id,
                message_id=answer,
                turn_id=None,
                purpose="reply",
                parts=door.render(said),
            )
            await conn.execute(
                text("update inbox set status = 'done', turn_id = uuidv7() where id = :id"), {"id": row["id"]}
            )
        async with self._house.engines.web.begin() as conn:
            # Stands for the sender, whose own tests are next door.
            await conn.execute(
                text("update outbox set status = 'sent' where message_id = :id"), {"id": answer}
            )
        await door.send(Address(*place), door.render(said)[0], oid="echo")
        self._house.fanout.thread(address.customer_id)
        return True


@asynccontextmanager
async def echoing(house: House, *buttons: str) -> AsyncIterator[EchoWorker]:
    """A worker at work beside a house."""
    echo = EchoWorker(house, buttons=buttons)
    running = asyncio.create_task(echo.run())
    try:
        yield echo
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
