"""Sending through WhatsApp: Meta's pace, its echo, its window, with a real database and a fake Meta."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from connectors.contract import Connector, OutboundMessage, WebhookRequest
from connectors.whatsapp_cloud.connector import WhatsAppCloud
from onethread.egress.sender import run
from onethread.ids import AddressId
from onethread.ingress.accept import accept
from onethread.ingress.bodies import BodyVault
from onethread.storage import addresses, outbox
from onethread.storage.engine import Engines, open_engines
from simulator.http import HttpServer, Request, Response
from simulator.meta import FakeMeta

from .post_office import FakeFanout

ANN, BEN = "15551230001", "15551230002"
DOOR = ("whatsapp_cloud", "default")


@dataclass
class Office:
    """Egress, and the side of the house that hears statuses."""

    engines: Engines
    meta: FakeMeta
    connectors: dict[tuple[str, str], Connector] = field(default_factory=dict)
    fanout: FakeFanout = field(default_factory=FakeFanout)
    vault: BodyVault = field(default_factory=lambda: BodyVault("s" * 40))

    async def webhook(self, request: Request) -> Response:
        received = WebhookRequest("POST", request.path, "default", "", request.headers, request.body)
        await accept(self.engines.web, self.vault, self.connectors[DOOR], received)
        return Response(200)

    async def say(self, number: str, *texts: str) -> None:
        """Queue texts to somebody who wrote just now."""
        self.meta.windows[number] = self.meta.clock()
        async with self.engines.web.begin() as conn:
            customer = await addresses.create_customer(
                conn, *DOOR, number, channel="whatsapp", phone=f"+{number}", display_name=""
            )
            known = await addresses.find_address(conn, *DOOR, number)
            assert known is not None
            for said in texts:
                await outbox.enqueue(
                    conn,
                    customer_id=customer,
                    address_id=AddressId(known.id),
                    message_id=None,
                    turn_id=None,
                    purpose="reply",
                    parts=self.connectors[DOOR].render(OutboundMessage(said)),
                )

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        async with self.engines.web.connect() as conn:
            return [tuple(row) for row in await conn.execute(text(query))]

    async def until(self, *wanted: str, timeout_s: float = 30.0) -> None:
        """Return when these are the statuses of the outbox."""
        await self.see(
            "select status from outbox order by 1", [(one,) for one in sorted(wanted)], timeout_s=timeout_s
        )

    async def see(self, query: str, wanted: list[tuple[object, ...]], *, timeout_s: float = 30.0) -> None:
        """Return when this query finds exactly this."""
        ends = time.monotonic() + timeout_s
        while (found := await self.rows(query)) != wanted:
            assert time.monotonic() < ends, f"{found}, wanted {wanted}"
            await asyncio.sleep(0.03)

    def texts(self, number: str) -> list[str]:
        return [message.text for message in self.meta.sent if message.to == number]

    @asynccontextmanager
    async def sending(self, *, echo_wait_s: float = 30.0) -> AsyncIterator[None]:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(run(self, stop, echo_wait_s=echo_wait_s))
            try:
                yield
            finally:
                stop.set()


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    engines = open_engines(database_url, lane_slots=2, turn_deadline_s=10.0)
    async with FakeMeta(phone_number_id="9", access_token="t", app_secret="s") as meta:
        opened = Office(engines, meta)
        door = WhatsAppCloud.from_env(
            {
                "WHATSAPP_PHONE_NUMBER_ID": "9",
                "WHATSAPP_ACCESS_TOKEN": "t",
                "WHATSAPP_APP_SECRET": "s",
                "WHATSAPP_VERIFY_TOKEN": "v",
                "WHATSAPP_API_URL": meta.api_url,
            }
        )
        assert door is not None
        opened.connectors[DOOR] = door
        web = HttpServer(opened.webhook)
        await web.start("127.0.0.1", 0)
        meta.house_url = f"http://127.0.0.1:{web.port}"
        try:
            yield opened
        finally:
            await web.stop()
            await door.close()
            await engines.close()


async def test_what_is_sent_is_heard_to_be_read(office: Office) -> None:
    await office.say(ANN, "one", "two")
    async with office.sending():
        await office.until("read", "read")
    assert office.texts(ANN) == ["one", "two"]


async def test_the_pair_rate_makes_one_person_wait_and_nobody_else(office: Office) -> None:
    await office.say(ANN, "one", "two")
    office.meta.faults.add("error", code=131056)
    async with office.sending():
        await office.see("select count(*) from outbox where error_code = '131056'", [(1,)])
        await office.say(BEN, "quick")
        await office.until("queued", "queued", "read")
        assert (office.texts(ANN), office.texts(BEN)) == ([], ["quick"])
        await office.until("read", "read", "read")
    assert office.texts(ANN) == ["one", "two"]


async def test_fifty_lost_answers_are_settled_by_the_echo(office: Office) -> None:
    for number in range(50):
        await office.say(f"1555124{number:04}", f"answer {number}")
    office.meta.faults.add("drop_after_accept", times=50)
    async with office.sending():
        await office.until(*["read"] * 50, timeout_s=60)
    assert len(office.meta.sent) == len({message.text for message in office.meta.sent}) == 50
    kept = await office.rows("select provider_message_id from outbox order by 1")
    assert kept == sorted((message.id,) for message in office.meta.sent)


async def test_an_unclear_send_without_an_echo_is_left_to_a_person(office: Office) -> None:
    await office.say(ANN, "one")
    office.meta.faults.add("drop_after_accept", silent=True)
    async with office.sending(echo_wait_s=0.2):
        await office.until("unknown")
        await office.see("select due_at::text from outbox", [("infinity",)])
    assert office.meta.requests == 1


async def test_statuses_in_any_order_only_move_forward(office: Office) -> None:
    await office.say(ANN, "one")
    await office.say(BEN, "two")
    office.meta.faults.add("callbacks_reversed")
    office.meta.faults.add("callbacks_early")
    async with office.sending():
        await office.until("read", "read")
        await office.see("select count(*) from receipts where not applied", [(0,)])
    assert await office.rows("select count(*) from receipts") == [(6,)]


async def test_a_closed_window_is_refused_once_and_says_why(office: Office) -> None:
    await office.say(ANN, "late")
    office.meta.windows[ANN] -= 25 * 3600
    async with office.sending():
        await office.until("held")
    assert await office.rows("select error_code, attempts from outbox") == [("131047", 1)]


async def test_whoever_cannot_be_reached_is_marked_by_the_status(office: Office) -> None:
    await office.say(ANN, "one")
    office.meta.faults.add("undelivered", code=131026)
    async with office.sending():
        await office.until("failed")
    ((why,),) = await office.rows("select undeliverable from addresses")
    assert "131026" in str(why)


async def test_a_revoked_token_stops_the_account_and_keeps_its_queue(office: Office) -> None:
    await office.say(ANN, "one", "two")
    office.meta.access_token = "rotated"
    async with office.sending():
        await office.see("select count(*) from outbox where error_code = '190'", [(1,)])
        await office.until("queued", "queued")
    assert office.meta.sent == []
