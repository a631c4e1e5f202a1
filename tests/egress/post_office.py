"""Builders: customers with an address, a fake Twilio, and the house's side of its callbacks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import text

from connectors.contract import (
    Connector,
    OutboundMessage,
    Receipt,
    SignatureInvalid,
    WebhookRequest,
)
from connectors.twilio_sms.connector import TwilioSms
from onethread.egress.sender import run
from onethread.ids import AddressId, CustomerId, Oid
from onethread.storage import outbox, receipts
from onethread.storage.engine import Engines, open_engines
from onethread.storage.outbox import Purpose
from simulator.http import HttpServer, Request, Response
from simulator.twilio import FakeTwilio

SID, TOKEN, NUMBER = "AC" + "2" * 32, "a-token", "+15550009000"


@dataclass(frozen=True, slots=True)
class Customer:
    id: CustomerId
    address_id: AddressId
    number: str


@dataclass
class FakeFanout:
    """Counts announcements instead of publishing them."""

    heard: Counter[CustomerId] = field(default_factory=Counter)

    def thread(self, customer_id: CustomerId, /) -> None:
        self.heard[customer_id] += 1


@dataclass
class PostOffice:
    """A database, the SMS door, and a fake Twilio whose callbacks are verified, parsed and parked."""

    engines: Engines
    twilio: FakeTwilio
    connectors: dict[tuple[str, str], Connector]
    fanout: FakeFanout
    refused: int = 0

    @property
    def door(self) -> Connector:
        return self.connectors["twilio_sms", "default"]

    async def customer(self, number: str, *, account: str = "default") -> Customer:
        async with self.engines.web.begin() as conn:
            customer_id = (
                await conn.execute(text("insert into customers default values returning id"))
            ).scalar_one()
            address_id = (
                await conn.execute(
                    text(
                        "insert into addresses (customer_id, connector, account, key, channel) "
                        "values (:customer, 'twilio_sms', :account, :key, 'sms') returning id"
                    ),
                    {"customer": customer_id, "account": account, "key": number},
                )
            ).scalar_one()
        return Customer(customer_id, address_id, number)

    async def say(self, customer: Customer, *texts: str, purpose: Purpose = "reply") -> list[Oid]:
        oids: list[Oid] = []
        async with self.engines.web.begin() as conn:
            for said in texts:
                oids += await outbox.enqueue(
                    conn,
                    customer_id=customer.id,
                    address_id=customer.address_id,
                    message_id=None,
                    turn_id=None,
                    purpose=purpose,
                    parts=self.door.render(OutboundMessage(said)),
                )
        return oids

    async def hear(self, *heard: Receipt, connector: str = "twilio_sms") -> None:
        async with self.engines.web.begin() as conn:
            await receipts.park_receipts(conn, connector, heard)

    async def execute(self, statement: str, **values: object) -> None:
        async with self.engines.web.begin() as conn:
            await conn.execute(text(statement), values)

    async def rows(self, columns: str = "status") -> list[tuple[object, ...]]:
        async with self.engines.web.begin() as conn:
            return [
                tuple(row) for row in await conn.execute(text(f"select {columns} from outbox order by id"))
            ]

    async def statuses(self) -> Counter[str]:
        return Counter(str(status) for (status,) in await self.rows())

    async def until(self, wanted: Mapping[str, int], timeout_s: float = 20.0) -> None:
        """Return when the outbox counts exactly these statuses; says what it counts when it never does."""
        ends = time.monotonic() + timeout_s
        while (counted := await self.statuses()) != Counter(wanted):
            assert time.monotonic() < ends, f"{dict(counted)}, wanted {dict(wanted)}"
            await asyncio.sleep(0.03)

    def bodies(self, number: str) -> list[str]:
        return [message.body for message in self.twilio.sent if message.to == number]

    @asynccontextmanager
    async def sending(self, *, echo_wait_s: float = 0.5) -> AsyncIterator[None]:
        """Egress runs for as long as this is open."""
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(run(self, stop, echo_wait_s=echo_wait_s))
            try:
                yield
            finally:
                stop.set()

    async def webhook(self, request: Request) -> Response:
        """The house's web room, as far as status callbacks need one."""
        query = "&".join(f"{key}={value}" for key, value in request.query.items())
        url = f"{self.twilio.house_url}{request.path}" + (f"?{query}" if query else "")
        received = WebhookRequest("POST", url, "default", query, request.headers, request.body)
        try:
            self.door.verify(received)
        except SignatureInvalid:
            self.refused += 1
            return Response(403)
        await self.hear(*(event for event in self.door.parse(received) if isinstance(event, Receipt)))
        return Response(200)


@asynccontextmanager
async def post_office(database_url: str) -> AsyncIterator[PostOffice]:
    """Opened and closed around a test."""
    public_url = f"https://{uuid4().hex}.example"
    engines = open_engines(database_url, lane_slots=2, turn_deadline_s=10.0)
    twilio = FakeTwilio(account_sid=SID, auth_token=TOKEN, number=NUMBER, house_url=public_url)
    async with twilio:
        door = TwilioSms.from_env(
            {
                "TWILIO_ACCOUNT_SID": SID,
                "TWILIO_AUTH_TOKEN": TOKEN,
                "TWILIO_SMS_FROM": NUMBER,
                "TWILIO_API_URL": twilio.api_url,
                "ONETHREAD_PUBLIC_URL": public_url,
            }
        )
        assert door is not None
        office = PostOffice(engines, twilio, {("twilio_sms", "default"): door}, FakeFanout())
        web = HttpServer(office.webhook)
        await web.start("127.0.0.1", 0)
        twilio.deliver_to = f"http://127.0.0.1:{web.port}"
        try:
            yield office
        finally:
            await web.stop()
            await door.close()
            await engines.close()
