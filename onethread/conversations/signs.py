"""Beside step 3: shows the customer that somebody is at it, where the channel can; nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial

import structlog

from connectors.contract import Address, AnswersTaps, Connector, ShowsTyping

log = structlog.get_logger()

_LIMIT_S = 5.0
type Sign = Callable[[], Coroutine[None, None, None]]


class Signs:
    """Signs of life, shown in the background: each is worth a try and nothing more."""

    def __init__(self) -> None:
        self._shown: set[asyncio.Task[None]] = set()

    def tapped(self, door: Connector, to: Address, detail: Mapping[str, object]) -> None:
        """The tap arrived."""
        if isinstance(door, AnswersTaps):
            self._show(partial(door.answer_tap, to, detail))

    def typing(self, door: Connector, to: Address, message_id: str) -> None:
        """An answer to this message is being made."""
        if isinstance(door, ShowsTyping):
            self._show(partial(door.typing, to, message_id=message_id))

    def _show(self, sign: Sign) -> None:
        task = asyncio.create_task(_within_limit(sign))
        self._shown.add(task)
        task.add_done_callback(self._shown.discard)


async def _within_limit(sign: Sign) -> None:
    try:
        async with asyncio.timeout(_LIMIT_S):
            await sign()
    except Exception as error:
        # The edge of a sign: a door that breaks its promise costs the customer three dots.
        log.warning("signs.door.broke", error=type(error).__name__)
