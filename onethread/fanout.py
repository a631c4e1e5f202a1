"""Tells open pages that something changed, through Valkey; may lose a word, never waits, never raises."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from onethread.ids import CustomerId

log = structlog.get_logger()

DESK = "onethread:desk"
_MOST_WAITING = 1_000
_PAUSE_S = 1.0
_GATHER_S = 0.01
"""A word may be so late: a busy house says several at once, each thread's once."""


def thread_channel(customer_id: CustomerId) -> str:
    """Where a changed thread is announced."""
    return f"onethread:thread:{customer_id}"


def typing_channel(customer_id: CustomerId) -> str:
    """Where it is announced that an answer is being made."""
    return f"onethread:typing:{customer_id}"


class Fanout:
    """Every reader polls the database as well, so what is dropped here is only late."""

    def __init__(self, valkey: Redis) -> None:
        self._valkey = valkey
        self._words: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    def thread(self, customer_id: CustomerId) -> None:
        """This customer's thread changed. Call it after the commit."""
        self._say(thread_channel(customer_id))

    def typing(self, customer_id: CustomerId) -> None:
        """The bot is about to answer this customer."""
        self._say(typing_channel(customer_id))

    def desk(self) -> None:
        """The list of waiting customers changed."""
        self._say(DESK)

    async def close(self) -> None:
        """Stop; words not said yet are dropped."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _say(self, channel: str) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._words.put_nowait(channel)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="fanout")

    async def _run(self) -> None:
        while True:
            channels = {await self._words.get()}
            await asyncio.sleep(_GATHER_S)
            while not self._words.empty():
                channels.add(self._words.get_nowait())
            try:
                async with self._valkey.pipeline(transaction=False) as words:
                    for channel in channels:
                        words.publish(channel, "")
                    await words.execute()
            except (RedisError, OSError) as error:
                log.warning("fanout.valkey.away", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
