"""The desk page's socket: says what to fetch again; carries no text of any customer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol
from uuid import UUID

from sanic.exceptions import SanicException
from sqlalchemy.exc import SQLAlchemyError
from websockets.exceptions import ConnectionClosed

from onethread.ids import CustomerId
from onethread.storage.agents import Session

from .acts import Desk
from .live import DeskFeed, Page

_RECHECK_S = 60.0
_NO_SESSION = 4401


class Wire(Protocol):
    """The part of a websocket that is used here."""

    async def recv(self, timeout: float | None = None) -> str | bytes | None: ...
    async def send(self, message: str) -> None: ...
    async def close(self, code: int = 1000, reason: str = "") -> None: ...


async def serve(
    wire: Wire,
    feed: DeskFeed,
    desk: Desk,
    session: Session,
    find_session: Callable[[], Awaitable[Session | None]],
) -> None:
    """Runs one socket until the page goes or its session ends."""
    with feed.page() as page:
        tasks = {
            asyncio.create_task(_read(wire, page, desk, session)),
            asyncio.create_task(_tell(wire, page)),
            asyncio.create_task(_recheck(find_session)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception) and not isinstance(
            result, (ConnectionClosed, SanicException, ConnectionError)
        ):
            raise result
    with suppress(SanicException, ConnectionClosed):
        await wire.close(_NO_SESSION, "session over")


async def _tell(wire: Wire, page: Page) -> None:
    while True:
        for what in await page.news():
            await wire.send(json.dumps({"changed": what}))


async def _read(wire: Wire, page: Page, desk: Desk, session: Session) -> None:
    while (data := await wire.recv()) is not None:
        try:
            frame = json.loads(data)
            if "watch" in frame:
                page.look_at(CustomerId(UUID(frame["watch"])) if frame["watch"] else None)
            elif frame.get("typing") and page.customer_id is not None:
                await desk.typing(session.agent, page.customer_id)
        except (ValueError, TypeError, AttributeError):
            return


async def _recheck(find_session: Callable[[], Awaitable[Session | None]]) -> None:
    while True:
        await asyncio.sleep(_RECHECK_S)
        with suppress(SQLAlchemyError, OSError, TimeoutError):
            if await find_session() is None:
                return
