"""Step 1 without a webhook: fetches what a platform keeps for us, one process at a time, and keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.contract import Connector, Polls, SendError
from onethread.ingress.accept import take
from onethread.ingress.bodies import BodyVault
from onethread.storage.sole import StillMine, whenever_sole

log = structlog.get_logger()

_TURN_S = 5.0
"""How often a process without the lock asks whether it is free."""
_PAUSE_S = 3.0


async def run(
    engine: AsyncEngine,
    vault: BodyVault,
    connectors: Mapping[tuple[str, str], Connector],
    stop: asyncio.Event,
    *,
    turn_s: float = _TURN_S,
    pause_s: float = _PAUSE_S,
) -> None:
    """Poll every account that asks for it until `stop`. A poll that is cut off has confirmed nothing."""
    async with asyncio.TaskGroup() as group:
        polls = [
            group.create_task(_Poller(engine, vault, door, turn_s, pause_s).run(), name=f"poll {door.key}")
            for door in connectors.values()
            if isinstance(door, Polls) and door.polling
        ]
        await stop.wait()
        for poll in polls:
            poll.cancel()


class _Poller:
    """One account's poller; only the process that holds its lock polls."""

    def __init__(
        self, engine: AsyncEngine, vault: BodyVault, door: Connector, turn_s: float, pause_s: float
    ) -> None:
        self._engine, self._vault, self._door = engine, vault, door
        self._turn_s, self._pause_s = turn_s, pause_s

    async def run(self) -> None:
        what = f"poll {self._door.key}/{self._door.account}"
        await whenever_sole(self._engine, what, self._poll, turn_s=self._turn_s)

    async def _poll(self, mine: StillMine) -> None:
        """Until the lock is lost. The platform is told to forget only what is committed."""
        log.info("polling.account.started", connector=self._door.key)
        cursor = ""
        while await mine():
            try:
                cursor = await self._fetch(cursor)
            except SendError as error:
                log.warning(
                    "polling.platform.refused", connector=self._door.key, reason=str(error), code=error.code
                )
                await asyncio.sleep(self._pause_s)
            except (SQLAlchemyError, OSError) as error:
                # Nothing was confirmed: the same comes again.
                log.error("polling.database.away", connector=self._door.key, error=type(error).__name__)
                await asyncio.sleep(self._pause_s)

    async def _fetch(self, cursor: str) -> str:
        assert isinstance(self._door, Polls)  # noqa: S101 - `run` made us for such a door
        polled = await self._door.poll(cursor)
        for request in polled.requests:
            await take(self._engine, self._vault, self._door, request)
        return polled.cursor
