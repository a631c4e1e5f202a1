"""A house whose one door's platform keeps files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.house import Stage, stage
from tests.media.files import FileDoor, FilePlatform, file_platform


@pytest.fixture
async def platform() -> AsyncIterator[FilePlatform]:
    async with file_platform() as opened:
        yield opened


@pytest.fixture
async def house(
    database_url: str, redis_url: str, tmp_path: Path, platform: FilePlatform
) -> AsyncIterator[Stage]:
    door = FileDoor(base=platform.url, hosts=(platform.host,), headers={"authorization": "Bearer a-token"})
    async with stage(database_url, redis_url, door=door, data_dir=tmp_path, media_max_mb=1) as opened:
        yield opened
