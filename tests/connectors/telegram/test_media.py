"""Where Telegram's files are: asked for by id; the address itself holds the token."""

from __future__ import annotations

import pytest

from connectors.contract import Final, LocatesMedia, MediaRef
from simulator.telegram import FakeTelegram
from tests.connectors.telegram.door import ENV, door

TOKEN = ENV["TELEGRAM_BOT_TOKEN"]


async def test_an_id_becomes_an_address_at_telegram_alone() -> None:
    async with FakeTelegram(token=TOKEN) as telegram:
        kept = telegram.files.put(b"x", "image/png")
        opened = door(TELEGRAM_API_URL=telegram.api_url)
        assert isinstance(opened, LocatesMedia)
        found = await opened.locate_media(MediaRef(kept.id, "image/png"))
        await opened.close()
    assert found.url.startswith(f"{telegram.api_url}/file/bot{TOKEN}/")
    assert found.hosts == (telegram.api_url.removeprefix("http://"),)
    assert found.headers == {}


async def test_a_file_that_telegram_does_not_give_away_is_gone() -> None:
    async with FakeTelegram(token=TOKEN) as telegram:
        opened = door(TELEGRAM_API_URL=telegram.api_url)
        with pytest.raises(Final) as refused:
            await opened.locate_media(MediaRef("123456", "image/png"))
        await opened.close()
    assert TOKEN not in str(refused.value)
