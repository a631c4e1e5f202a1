"""A photo sent to a real door's fake platform ends in the store, and no token in a log."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.contract import Connector
from onethread.app import House
from onethread.ingress.accept import accept_events
from onethread.jobs.running import Attempt
from onethread.media.tasks import MediaJobs
from onethread.settings import Settings
from simulator.meta import FakeMeta
from simulator.telegram import FakeTelegram
from tests.connectors.telegram import door as telegram
from tests.connectors.whatsapp_cloud import door as whatsapp
from tests.media.files import JPEG

TOKEN = telegram.ENV["TELEGRAM_BOT_TOKEN"]


@asynccontextmanager
async def open_house(url: str, redis: str, data_dir: Path, door: Connector) -> AsyncIterator[House]:
    settings = Settings(
        database_url=url,
        redis_url=redis,
        secret_key=SecretStr("s" * 40),
        internal_secret=SecretStr("i" * 40),
        data_dir=data_dir,
    )
    house = House.build(settings, connectors={(door.key, door.account): door})
    try:
        yield house
    finally:
        await house.close()


async def fetched(house: House, door: Connector, events: Any) -> Any:
    """The one file of these events, after one try."""
    await accept_events(house.engines.web, house.vault, door.key, door.account, events, raw=b"{}")
    jobs = MediaJobs(
        house.engines.senders, house.connectors, house.library, house.fetcher, house.fanout, days=365
    )
    async with house.engines.web.connect() as conn:
        media_id = (await conn.exec_driver_sql("select id from media")).scalar_one()
    await jobs.fetch(Attempt(1, last=True), media_id=str(media_id))
    async with house.engines.web.connect() as conn:
        return (await conn.exec_driver_sql("select * from media")).one()


async def test_a_whatsapp_photo_is_kept(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with FakeMeta(
        phone_number_id=whatsapp.NUMBER, access_token="an-access-token", app_secret="an-app-secret"
    ) as meta:
        photo = meta.files.put(JPEG, "image/jpeg")
        door = whatsapp.door(WHATSAPP_API_URL=meta.api_url)
        async with open_house(database_url, redis_url, tmp_path, door) as house:
            said = whatsapp.message("image", {"id": photo.id, "mime_type": "image/jpeg"})
            events = door.parse(whatsapp.request(whatsapp.envelope(whatsapp.value(messages=[said]))))
            row = await fetched(house, door, events)
    assert (row.status, row.content_type, row.size) == ("stored", "image/jpeg", len(JPEG))


async def test_a_telegram_photo_is_kept_and_its_tokened_address_is_never_logged(
    database_url: str, redis_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # as `logs.configure` has it
    async with FakeTelegram(token=TOKEN) as platform:
        photo = platform.files.put(JPEG, "image/jpeg")
        door = telegram.door(TELEGRAM_API_URL=platform.api_url)
        async with open_house(database_url, redis_url, tmp_path, door) as house:
            sizes = [{"file_id": photo.id, "file_unique_id": "u", "width": 9, "height": 9}]
            events = door.parse(telegram.request(telegram.update("message", telegram.message(photo=sizes))))
            row = await fetched(house, door, events)
            refused = await door.locate_media(events[0].media[0])  # type: ignore[union-attr]
    assert (row.status, row.content_type) == ("stored", "image/jpeg")
    assert TOKEN in refused.url
    assert TOKEN not in caplog.text
