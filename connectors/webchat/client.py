"""Wakes the browsers of a session through Valkey; what is lost here is found by polling."""

from __future__ import annotations

from typing import Protocol

import redis.asyncio
from redis.exceptions import RedisError


def wake_channel(address_key: str) -> str:
    """Where the sockets of one session listen; the payload is "" (look again) or "typing"."""
    return f"onethread:webchat:{address_key}"


class Wakes(Protocol):
    """The port of this door to whatever carries its wake-ups."""

    async def wake(self, address_key: str, payload: str = "") -> None:
        """Best effort; must not raise."""

    async def close(self) -> None:
        """Release connections."""


class ValkeyWakes:
    """Wake-ups as Valkey publications."""

    def __init__(self, url: str, *, timeout_s: float = 1.0) -> None:
        self._valkey = redis.asyncio.Redis.from_url(
            url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s
        )

    async def wake(self, address_key: str, payload: str = "") -> None:
        try:
            await self._valkey.publish(wake_channel(address_key), payload)
        except (RedisError, OSError):
            return  # readers poll the database at least every two seconds

    async def close(self) -> None:
        await self._valkey.aclose()


class NoWakes:
    """For a house without Valkey: readers poll."""

    async def wake(self, address_key: str, payload: str = "") -> None:
        return

    async def close(self) -> None:
        return
