"""The stage on which people show who they are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.house import Stage, stage


@pytest.fixture
async def play(database_url: str, redis_url: str) -> AsyncIterator[Stage]:
    async with stage(database_url, redis_url) as made:
        yield made
