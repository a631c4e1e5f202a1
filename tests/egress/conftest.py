from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from .post_office import PostOffice, post_office


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[PostOffice]:
    async with post_office(database_url) as opened:
        yield opened
