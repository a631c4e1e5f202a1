"""Builders: egress with a real database, one door and the fake platform behind it, receipts included."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from connectors.contract import Connector, OutboundMessage, Part, SignatureInvalid, WebhookRequest
from connectors.telegram.connector import Telegram
from connectors.twilio_sms.connector import TwilioSms
from connectors.twilio_whatsapp.connector import TwilioWhatsApp
from connectors.whatsapp_cloud.connector import WhatsAppCloud
from onethread.egress.sender import run
from onethread.ids import AddressId, CustomerId
from onethread.ingress.accept import accept
from onethread.ingress.bodies import BodyVault
from onethread.storage import addresses, outbox
from onethread.storage.engine import Engines, open_engines
from onethread.storage.notices import list_notices
from onethread.storage.outbox import Purpose
from simulator.http import HttpServer, Request, Response
from simulator.meta import FakeMeta
from simulator.telegram import FakeTelegram
from simulator.twilio import FakeTwilio

from .post_office import NUMBER, SID, TOKEN, FakeFanout

PUBLIC_URL = "https://shop.example"
BOT_TOKEN = "3:token-of-a-fake-bot"


@dataclass(frozen=True, slots=True)
class Kind:
    """One door and its platform, not started."""

    key: str
    channel: str
    fake: Callable[[], Any]
    env: Callable[[Any], Mapping[str, str]]
    build: Callable[[Mapping[str, str]], Connector | None]
    address: Callable[[int], str]
    """The key of the nth customer."""
    prefix: str = ""
    """What the platform puts before it."""


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "twilio_sms",
            "sms",
            lambda: FakeTwilio(account_sid=SID, auth_token=TOKEN, number=NUMBER, house_url=PUBLIC_URL),
            lambda fake: {
                "TWILIO_ACCOUNT_SID": SID,
                "TWILIO_AUTH_TOKEN": TOKEN,
                "TWILIO_SMS_FROM": NUMBER,
                "TWILIO_API_URL": fake.api_url,
                "ONETHREAD_PUBLIC_URL": PUBLIC_URL,
            },
            TwilioSms.from_env,
            lambda number: f"+1555123{number:04}",
        ),
        Kind(
            "twilio_whatsapp",
            "whatsapp",
            lambda: FakeTwilio(
                account_sid=SID, auth_token=TOKEN, number="", whatsapp=NUMBER, house_url=PUBLIC_URL
            ),
            lambda fake: {
                "TWILIO_ACCOUNT_SID": SID,
                "TWILIO_AUTH_TOKEN": TOKEN,
                "TWILIO_WHATSAPP_FROM": NUMBER,
                "TWILIO_API_URL": fake.api_url,
                "TWILIO_CONTENT_API_URL": fake.api_url,
                "ONETHREAD_PUBLIC_URL": PUBLIC_URL,
            },
            TwilioWhatsApp.from_env,
            lambda number: f"+1555123{number:04}",
            prefix="whatsapp:",
        ),
        Kind(
            "whatsapp_cloud",
            "whatsapp",
            lambda: FakeMeta(phone_number_id="9", access_token="t", app_secret="s"),
            lambda fake: {
                "WHATSAPP_PHONE_NUMBER_ID": "9",
                "WHATSAPP_ACCESS_TOKEN": "t",
                "WHATSAPP_APP_SECRET": "s",
                "WHATSAPP_VERIFY_TOKEN": "v",
                "WHATSAPP_API_URL": fake.api_url,
            },
            WhatsAppCloud.from_env,
            lambda number: f"1555123{number:04}",
        ),
        Kind(
            "telegram",
            "telegram",
            lambda: FakeTelegram(token=BOT_TOKEN),
            lambda fake: {
                "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
                "TELEGRAM_SECRET_TOKEN": "s",
                "TELEGRAM_API_URL": fake.api_url,
            },
            Telegram.from_env,
            lambda number: str(7000 + number),
        ),
    )
}


@dataclass
class Office:
    """Egress, and the side of the house that hears receipts."""

    kind: Kind
    engines: Engines
    fake: Any
    connectors: dict[tuple[str, str], Connector] = field(default_factory=dict)
    fanout: FakeFanout = field(default_factory=FakeFanout)
    vault: BodyVault = field(default_factory=lambda: BodyVault("s" * 40))
    refused: int = 0

    @property
    def name(self) -> tuple[str, str]:
        return self.kind.key, "default"

    @property
    def door(self) -> Connector:
        return self.connectors[self.name]

    def phone(self, number: int) -> str:
        """What the platform calls the nth customer."""
        return self.kind.prefix + self.kind.address(number)

    async def customer(self, number: int) -> tuple[CustomerId, AddressId]:
        """The nth customer, who wrote just now as far as the platform knows."""
        key = self.kind.address(number)
        if hasattr(self.fake, "windows"):
            self.fake.windows.setdefault(self.phone(number), self.fake.clock())
        async with self.engines.web.begin() as conn:
            customer = await addresses.create_customer(
                conn, *self.name, key, channel=self.kind.channel, phone=None, display_name=""
            )
            known = await addresses.find_address(conn, *self.name, key)
        assert known is not None
        return customer, known.id

    async def say(self, number: int, *texts: str, purpose: Purpose = "reply") -> None:
        customer, address = await self.customer(number)
        parts: list[Part] = []
        for said in texts:
            parts += self.door.render(OutboundMessage(said))
        async with self.engines.web.begin() as conn:
            await outbox.enqueue(
                conn,
                customer_id=customer,
                address_id=address,
                message_id=None,
                turn_id=None,
                purpose=purpose,
                parts=parts,
            )

    async def execute(self, statement: str, **values: object) -> None:
        async with self.engines.web.begin() as conn:
            await conn.execute(text(statement), values)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.engines.web.connect() as conn:
            return [tuple(row) for row in await conn.execute(text(query))]

    async def statuses(self) -> Counter[str]:
        return Counter(str(status) for (status,) in await self.rows("select status from outbox"))

    async def see(self, query: str, *wanted: tuple[object, ...], timeout_s: float = 30.0) -> None:
        """Return when this query finds exactly this."""
        ends = time.monotonic() + timeout_s
        while (found := await self.rows(query)) != list(wanted):
            assert time.monotonic() < ends, f"{found}, wanted {wanted}"
            await asyncio.sleep(0.03)

    async def until(self, timeout_s: float = 30.0, **wanted: int) -> None:
        """Return when the outbox counts exactly these statuses."""
        ends = time.monotonic() + timeout_s
        while (counted := await self.statuses()) != Counter(wanted):
            assert time.monotonic() < ends, f"{dict(counted)}, wanted {wanted}"
            await asyncio.sleep(0.03)

    async def until_done(self, count: int, timeout_s: float = 30.0) -> None:
        """Return when so many are with the platform for good, however far their receipts are."""
        ends = time.monotonic() + timeout_s
        while (counted := await self.statuses()).total() - counted["queued"] - counted["sending"] < count or (
            set(counted) - {"sent", "delivered", "read"}
        ):
            assert time.monotonic() < ends, f"{dict(counted)}, wanted {count} done"
            await asyncio.sleep(0.03)

    async def until_waiting(self, timeout_s: float = 30.0, *, queued: int = 0) -> None:
        """Return when no more than so many wait, and none is on its way."""
        ends = time.monotonic() + timeout_s
        while (counted := await self.statuses())["queued"] != queued or counted["sending"]:
            assert time.monotonic() < ends, f"{dict(counted)}, wanted {queued} queued"
            await asyncio.sleep(0.03)

    def bodies(self) -> list[str]:
        """Every text the platform took, in order."""
        return [getattr(message, "body", None) or message.text for message in self.fake.sent]

    def bodies_to(self, number: int) -> list[str]:
        phone = self.phone(number)
        return [
            getattr(message, "body", None) or message.text
            for message in self.fake.sent
            if str(getattr(message, "to", None) or getattr(message, "chat", "")) == phone
        ]

    def doubles(self) -> int:
        """How many more messages the platform took than there are different ones."""
        return len(bodies := self.bodies()) - len(set(bodies))

    async def notices(self) -> list[str]:
        """Subjects of what people read about accounts, oldest first."""
        async with self.engines.web.connect() as conn:
            return [notice.subject for notice in reversed(await list_notices(conn))]

    @asynccontextmanager
    async def sending(self, **options: Any) -> AsyncIterator[None]:
        """Egress runs for as long as this is open."""
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(run(self, stop, **options))
            try:
                yield
            finally:
                stop.set()

    async def webhook(self, request: Request) -> Response:
        query = "&".join(f"{key}={value}" for key, value in request.query.items())
        url = f"{PUBLIC_URL}{request.path}" + (f"?{query}" if query else "")
        received = WebhookRequest("POST", url, "default", query, request.headers, request.body)
        try:
            await accept(self.engines.web, self.vault, self.door, received)
        except SignatureInvalid:
            self.refused += 1
            return Response(403)
        return Response(200)


@asynccontextmanager
async def open_office(kind: str, database_url: str, **env: str) -> AsyncIterator[Office]:
    """Opened and closed around a test; `env` is added to the door's section."""
    about = KINDS[kind]
    async with AsyncExitStack() as stack:
        engines = open_engines(database_url, lane_slots=2, turn_deadline_s=10.0)
        stack.push_async_callback(engines.close)
        fake = await stack.enter_async_context(about.fake())
        office = Office(about, engines, fake)
        door = about.build({**about.env(fake), **env})
        assert door is not None
        office.connectors[office.name] = door
        stack.push_async_callback(door.close)
        web = HttpServer(office.webhook)
        await web.start("127.0.0.1", 0)
        stack.push_async_callback(web.stop)
        if kind.startswith("twilio"):
            fake.deliver_to = f"http://127.0.0.1:{web.port}"
        else:
            fake.house_url = f"http://127.0.0.1:{web.port}"
        # What is on its way to the house arrives before the house is gone.
        stack.push_async_callback(fake.reported)
        yield office
