"""Tells the open sockets of a session when to look at the database again."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import redis.asyncio
import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.webchat.client import wake_channel
from onethread.storage import webchat

log = structlog.get_logger()
POLL_S = 1.5
"""Behind every wake-up that may be lost stands this poll (the promise is two seconds)."""
_RETRY_S = 1.0
_AT_ONCE = 500


class Watch:
    """One socket's ear."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._typing = False

    def wake(self, payload: str = "") -> None:
        """Look again; "typing" says that somebody on the shop's side writes."""
        self._typing = self._typing or payload == "typing"
        self._changed.set()

    async def wait(self) -> bool:
        """Returns when there may be something new; True: somebody is typing."""
        await self._changed.wait()
        self._changed.clear()
        typing, self._typing = self._typing, False
        return typing


class Feed:
    """One Valkey subscription and one poll for all sockets of this process."""

    def __init__(self, engine: AsyncEngine, valkey: redis.asyncio.Redis, account: str) -> None:
        self._engine = engine
        self._valkey = valkey
        self._account = account
        self._watches: defaultdict[str, set[Watch]] = defaultdict(set)
        self._versions: dict[str, str] = {}

    @contextmanager
    def watch(self, address_key: str) -> Iterator[Watch]:
        """Listens for one session while the block runs."""
        watch = Watch()
        self._watches[address_key].add(watch)
        try:
            yield watch
        finally:
            self._watches[address_key].discard(watch)
            if not self._watches[address_key]:
                del self._watches[address_key]
                self._versions.pop(address_key, None)

    async def run(self) -> None:
        """Listens and polls until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._poll())

    def _wake(self, address_key: str, payload: str = "") -> None:
        for watch in self._watches.get(address_key, ()):
            watch.wake(payload)

    async def _listen(self) -> None:
        prefix = wake_channel("")
        while True:
            try:
                async with self._valkey.pubsub() as heard:
                    await heard.psubscribe(f"{prefix}*")
                    while True:
                        message = await heard.get_message(ignore_subscribe_messages=True, timeout=30)
                        if message is not None:
                            channel = _text(message["channel"])
                            self._wake(channel.removeprefix(prefix), _text(message["data"]))
            except (RedisError, OSError) as error:
                log.warning("web.feed.deaf", error=type(error).__name__)
                await asyncio.sleep(_RETRY_S)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                keys = tuple(self._watches)
                for start in range(0, len(keys), _AT_ONCE):
                    await self._look(keys[start : start + _AT_ONCE])
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("web.feed.blind", error=type(error).__name__)

    async def _look(self, keys: tuple[str, ...]) -> None:
        async with self._engine.connect() as conn:
            found = await webchat.versions(conn, account=self._account, address_keys=keys)
        for key, version in found.items():
            if key in self._watches and self._versions.get(key) != version:
                self._versions[key] = version
                self._wake(key)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
