"""Before step 1: tells the platforms that ask for it where this house is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from connectors.contract import Connector, Registers, Retryable, SendError

log = structlog.get_logger()

_AGAIN_S = (2.0, 10.0, 60.0)


async def run(connectors: Mapping[tuple[str, str], Connector], stop: asyncio.Event) -> None:
    """Once for each account, again while its platform is away; ends early on `stop`."""
    async with asyncio.TaskGroup() as group:
        for door in connectors.values():
            if isinstance(door, Registers) and door.registers:
                group.create_task(_register(door, door.key, stop))


async def _register(door: Registers, key: str, stop: asyncio.Event) -> None:
    for pause in (*_AGAIN_S, None):
        try:
            log.info("register.account.done", connector=key, said=await door.register())
            return
        except SendError as error:
            log.error("register.account.refused", connector=key, reason=str(error))
            if pause is None or not isinstance(error, Retryable):
                return
        try:
            await asyncio.wait_for(stop.wait(), pause)
            return
        except TimeoutError:
            continue
