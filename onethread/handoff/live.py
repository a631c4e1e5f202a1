"""Tells open desk pages what to fetch again: wake-ups through Valkey, a poll behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import redis.asyncio
import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from onethread.ids import CustomerId
from onethread.storage import desk

log = structlog.get_logger()
POLL_S = 1.5
_LIST = "onethread:desk"
_THREAD = "onethread:thread:"
_TYPING = "onethread:typing:"


class Page:
    """One open page: the list, and at most one thread."""

    def __init__(self) -> None:
        self.customer_id: CustomerId | None = None
        self._news: set[str] = set()
        self._changed = asyncio.Event()
        self._versions: dict[str, str] = {}

    def look_at(self, customer_id: CustomerId | None) -> None:
        """The thread this page shows."""
        self.customer_id = customer_id
        self._versions.pop("thread", None)

    def hear(self, what: str) -> None:
        """Something is new: "list", "thread" or "typing"."""
        self._news.add(what)
        self._changed.set()

    def compare(self, what: str, version: str) -> None:
        """Hears `what` when its version is another than before."""
        if self._versions.setdefault(what, version) != version:
            self._versions[what] = version
            self.hear(what)

    async def news(self) -> list[str]:
        """What is new since the last call; waits until there is something."""
        await self._changed.wait()
        self._changed.clear()
        heard, self._news = sorted(self._news), set()
        return heard


class DeskFeed:
    """One subscription and one poll for all desk pages of this process."""

    def __init__(self, engine: AsyncEngine, valkey: redis.asyncio.Redis) -> None:
        self._engine = engine
        self._valkey = valkey
        self._pages: set[Page] = set()
        self._watched = asyncio.Event()

    @contextmanager
    def page(self) -> Iterator[Page]:
        """Listens while the block runs."""
        page = Page()
        self._pages.add(page)
        self._watched.set()
        try:
            yield page
        finally:
            self._pages.discard(page)
            if not self._pages:
                self._watched.clear()

    async def run(self) -> None:
        """Listens and polls until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._poll())

    def _heard(self, channel: str) -> None:
        for page in self._pages:
            if channel == _LIST:
                page.hear("list")
            elif page.customer_id is not None:
                if channel == f"{_THREAD}{page.customer_id}":
                    page.hear("thread")
                elif channel == f"{_TYPING}{page.customer_id}":
                    page.hear("typing")

    async def _listen(self) -> None:
        """Subscribed only while somebody looks: what customers write is a word each for every subscriber."""
        while True:
            await self._watched.wait()
            try:
                async with self._valkey.pubsub() as heard:
                    await heard.psubscribe(_LIST, f"{_THREAD}*", f"{_TYPING}*")
                    while self._watched.is_set():
                        message = await heard.get_message(ignore_subscribe_messages=True, timeout=30)
                        if message is not None:
                            channel = message["channel"]
                            self._heard(channel.decode() if isinstance(channel, bytes) else channel)
            except (RedisError, OSError) as error:
                log.warning("handoff.feed.deaf", error=type(error).__name__)
                await asyncio.sleep(1.0)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            pages = tuple(self._pages)
            if not pages:
                continue
            try:
                await self._look(pages)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("handoff.feed.blind", error=type(error).__name__)

    async def _look(self, pages: tuple[Page, ...]) -> None:
        async with self._engine.connect() as conn:
            waiting = await desk.list_version(conn)
            shown = {page.customer_id for page in pages if page.customer_id is not None}
            threads: dict[UUID, str] = {}
            for customer_id in shown:
                threads[customer_id] = await desk.thread_version(conn, customer_id)
        for page in pages:
            page.compare("list", waiting)
            if page.customer_id in threads:
                page.compare("thread", threads[page.customer_id])
