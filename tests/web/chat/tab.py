"""One tab of a browser, without the browser: a session, a socket, and what the page would remember."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.web.house import Site


class Browser:
    """One tab: keeps what it was told, as the page does."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire
        self.lines: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self.thread = ""
        self.told = 0

    async def send(self, **frame: object) -> None:
        await self.wire.send(json.dumps(frame))

    async def hello(
        self, token: str | None = None, last_seq: int = 0, thread: str = "", language: str = "en"
    ) -> None:
        await self.send(type="hello", token=token, last_seq=last_seq, thread=thread, language=language)
        await self.until("state")

    async def say(self, words: str, frame_id: str | None = None) -> str:
        frame_id = frame_id or str(uuid4())
        await self.send(type="message", id=frame_id, text=words)
        return frame_id

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            frame: dict[str, Any] = json.loads(await self.wire.recv())
        self.frames.append(frame)
        if frame["type"] == "thread":
            self.thread = frame["thread"]
        if frame["type"] == "lines":
            self.lines += frame["items"]
            self.told = frame["told"]
        return frame

    async def until(self, kind: str) -> dict[str, Any]:
        while (frame := await self.next())["type"] != kind:
            pass
        return frame

    async def until_lines(self, count: int) -> list[str]:
        while len(self.lines) < count:
            await self.next()
        return self.texts

    @property
    def texts(self) -> list[str]:
        return [part["text"] for line in self.lines for part in line["parts"]]


async def new_token(site: Site) -> str:
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{site.url}/chat/session", json={"embed": True}, headers={"origin": site.url}
        )
    assert answer.status_code == 201
    return str(answer.json()["token"])


@asynccontextmanager
async def tab(site: Site, **headers: str) -> AsyncIterator[Browser]:
    given = {"origin": site.url, **headers}
    async with connect(
        site.socket_url, origin=None, additional_headers={k: v for k, v in given.items() if v}, proxy=None
    ) as wire:
        yield Browser(wire)


async def close_code(browser: Browser) -> int:
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            await browser.next()
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code
