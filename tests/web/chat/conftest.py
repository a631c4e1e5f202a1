"""The chat's web process, one for each test, with a worker that echoes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onethread.app import House
from tests.fakes.echo import EchoWorker, echoing
from tests.web.house import Site, make_house, new_port, open_site


@pytest.fixture
async def house(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    made = make_house(database_url, redis_url, tmp_path, new_port())
    yield made
    await made.close()


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    async with open_site(house) as opened:
        yield opened


@pytest.fixture
async def worker(house: House) -> AsyncIterator[EchoWorker]:
    async with echoing(house, "Yes", "No") as echo:
        yield echo
