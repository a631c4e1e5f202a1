"""What more than one file of faults needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .knocking import Rooms, open_rooms


@pytest.fixture
async def rooms(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Rooms]:
    async with open_rooms(database_url, redis_url, tmp_path) as opened:
        yield opened
