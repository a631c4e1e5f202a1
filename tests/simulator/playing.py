"""A house that writes down what it is posted, and a fake that posts to it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from simulator.http import HttpServer, Request, Response


class RecordingHouse:
    """Answers `statuses` in turn, then 200."""

    def __init__(self) -> None:
        self.heard: list[Request] = []
        self.statuses: list[int] = []
        self.url = ""

    async def __call__(self, request: Request) -> Response:
        self.heard.append(request)
        return Response(self.statuses.pop(0) if self.statuses else 200)

    @property
    def said(self) -> list[Any]:
        return [json.loads(request.body) for request in self.heard]


@asynccontextmanager
async def recording_house() -> AsyncIterator[RecordingHouse]:
    house = RecordingHouse()
    web = HttpServer(house)
    await web.start("127.0.0.1", 0)
    house.url = f"http://127.0.0.1:{web.port}"
    try:
        yield house
    finally:
        await web.stop()
