"""Tells open pages which phones changed; a page that was away gets what it missed."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable

_BEAT_S = 15.0


class Live:
    """Every phone has the number of its last change; a page says up to which number it knows."""

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show = show
        self._life = secrets.token_hex(4)
        self._version = 0
        self._versions: dict[str, int] = {}
        self._changed = asyncio.Event()

    def touch(self, name: str) -> None:
        """This phone (or `people`) is different now."""
        self._version += 1
        self._versions[name] = self._version
        self._changed.set()
        self._changed = asyncio.Event()

    async def stream(self, last_id: str) -> AsyncIterator[bytes]:
        """Server-sent events from `last_id` on; one of another life of this process counts as none."""
        life, _, number = last_id.partition(".")
        seen = int(number) if life == self._life and number.isdigit() else 0
        while True:
            changed, version = self._changed, self._version
            news = [name for name, its in self._versions.items() if its > seen]
            for name in news:
                yield f"event: changed\ndata: {json.dumps(self._show(name))}\n\n".encode()
            if news or seen == 0:
                yield f"id: {self._life}.{version}\nevent: current\ndata: {{}}\n\n".encode()
            seen = version
            try:
                async with asyncio.timeout(_BEAT_S):
                    await changed.wait()
            except TimeoutError:
                yield b": still here\n\n"
