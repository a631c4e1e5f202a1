"""One whole house and its fake platforms for the tests of the real path."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from onethread.supervisor.postgres import EmbeddedPostgres
from simulator.meta import FakeMeta
from simulator.telegram import FakeTelegram
from simulator.twilio import FakeTwilio
from simulator.twilio.messages import SentMessage

from .running import RunningHouse

ACCOUNT_SID = "AC" + "0" * 31 + "7"
AUTH_TOKEN = "e2e-token-of-a-fake-account"
SHOP_NUMBER = "+15550009000"
SHOP_WHATSAPP = "+15550009001"
BOT_TOKEN = "7:e2e-token-of-a-fake-bot"
BOT_SECRET = "e2e-secret-of-a-fake-bot"
WHATSAPP_NUMBER = "100000000000007"
WHATSAPP_TOKEN = "e2e-token-of-a-fake-app"
WHATSAPP_SECRET = "e2e-secret-of-a-fake-app"
WHATSAPP_VERIFY = "e2e-word-for-the-handshake"
LOGIN_SECRET = "e2e-secret-that-shop-and-house-share"


@dataclass(frozen=True, slots=True)
class Stage:
    """The house and the platform beside it."""

    house: RunningHouse
    twilio: FakeTwilio
    telegram: FakeTelegram
    meta: FakeMeta
    crash_folder: Path
    """A file in it, named like a crash point, kills the next process that passes there."""

    def sent_to(self, number: str) -> list[SentMessage]:
        """What the platform took for this number, in order of arrival."""
        return [message for message in self.twilio.sent if message.to == number]

    async def wait_for(self, number: str, count: int, timeout_s: float = 20.0) -> list[SentMessage]:
        """The first messages to this number; fails when they do not come."""
        try:
            await self.twilio.until(lambda: len(self.sent_to(number)) >= count, timeout_s)
        except TimeoutError:
            raise AssertionError(f"{count} messages did not come\n{self.house.log[-3000:]}") from None
        return self.sent_to(number)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of the one stage run in one process, when several share the work."""
    for item in items:
        if "stage" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("stage"))


@dataclass(frozen=True, slots=True)
class Fakes:
    """The platforms, and what a house has to be told to use them."""

    twilio: FakeTwilio
    telegram: FakeTelegram
    meta: FakeMeta

    def settings(self, house_url: str) -> dict[str, str]:
        return {
            "ONETHREAD_PUBLIC_URL": house_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_SMS_FROM": SHOP_NUMBER,
            "TWILIO_WHATSAPP_FROM": SHOP_WHATSAPP,
            "TWILIO_WHATSAPP_TYPING": "on",
            "TWILIO_API_URL": self.twilio.api_url,
            "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
            "TELEGRAM_SECRET_TOKEN": BOT_SECRET,
            "TELEGRAM_MODE": "register",
            "TELEGRAM_API_URL": self.telegram.api_url,
            "WHATSAPP_PHONE_NUMBER_ID": WHATSAPP_NUMBER,
            "WHATSAPP_ACCESS_TOKEN": WHATSAPP_TOKEN,
            "WHATSAPP_APP_SECRET": WHATSAPP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": WHATSAPP_VERIFY,
            "WHATSAPP_API_URL": self.meta.api_url,
            "WEBCHAT_LOGIN_SECRET": LOGIN_SECRET,
            # Every customer of these tests comes from one address.
            "WEBCHAT_HANDSHAKES_PER_MINUTE": "5000",
            "WEBCHAT_SOCKETS_PER_PEER": "500",
        }


@asynccontextmanager
async def fake_platforms(house_url: str) -> AsyncIterator[Fakes]:
    """All of them, on loopback."""
    async with (
        FakeTwilio(
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            number=SHOP_NUMBER,
            whatsapp=SHOP_WHATSAPP,
            house_url=house_url,
        ) as twilio,
        FakeTelegram(token=BOT_TOKEN) as telegram,
        FakeMeta(
            phone_number_id=WHATSAPP_NUMBER,
            access_token=WHATSAPP_TOKEN,
            app_secret=WHATSAPP_SECRET,
            house_url=house_url,
        ) as meta,
    ):
        yield Fakes(twilio, telegram, meta)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    house = RunningHouse(tmp_path_factory.mktemp("stage"))
    async with fake_platforms(house.url) as fakes:
        crash_folder = house.folder / "crash"
        crash_folder.mkdir()
        house.add_env(ONETHREAD_CRASH_AT=str(crash_folder), **fakes.settings(house.url))
        try:
            await house.start()
            await fakes.telegram.until(lambda: fakes.telegram.webhook_url != "")
            yield Stage(house, fakes.twilio, fakes.telegram, fakes.meta, crash_folder)
        finally:
            left = await house.stop()
            await asyncio.to_thread(EmbeddedPostgres(house.folder / "data" / "postgres").destroy)
    assert left == [], f"still alive after Ctrl-C: {left}"
