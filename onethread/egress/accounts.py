"""Step 5, when a platform refuses a whole account: its queue stays, people are told, one send tries."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import AccountBlocked
from onethread.egress.breaker import Account, Gates
from onethread.storage import stops

log = structlog.get_logger()

_POLL_S = 2.0
_TRY_AGAIN_S = 300.0
_TRY_BLOCKED_S = 3600.0
"""Each try of a blocked account is one more message of somebody whom people call a nuisance."""


def try_again_s(action: str) -> float:
    """Seconds until one send may try an account after this class of error (by name)."""
    return _TRY_BLOCKED_S if action == AccountBlocked.__name__ else _TRY_AGAIN_S


async def stop_account(conn: AsyncConnection, account: Account, action: str, said: str) -> None:
    """For all processes, until a send succeeds or the house is started anew; people are told once."""
    if await stops.stop(conn, account, try_again_s(action)):
        now = datetime.now(UTC)
        await stops.notice(conn, account, "sending stopped", said, f"stopped:{now.timestamp()}")
        log.error("egress.account.stopped", account="/".join(account), reason=said)


async def resume_account(conn: AsyncConnection, account: Account) -> None:
    """A send went through."""
    if await stops.lift(conn, account):
        now = datetime.now(UTC)
        await stops.notice(conn, account, "sending resumed", "", f"resumed:{now.timestamp()}")
        log.warning("egress.account.resumed", account="/".join(account))


async def tell_of_template(conn: AsyncConnection, account: Account, template: str, said: str) -> None:
    """A template was refused: people are told once a day."""
    day = datetime.now(UTC).date()
    await stops.notice(conn, account, "template refused", f"{template}: {said}", f"template:{template}:{day}")
    log.error("egress.template.refused", account="/".join(account), reason=said)


class AccountWatch:
    """Keeps the gates of this process at what all processes know of stopped accounts."""

    def __init__(
        self,
        engine: AsyncEngine,
        gates: Gates,
        wake: asyncio.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._gates = gates
        self._wake = wake
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled. At the start every stopped account may be tried: its secret may be a new one."""
        started = False
        while True:
            try:
                async with self._engine.begin() as conn:
                    if not started:
                        await stops.try_now(conn, ["/".join(account) for account in self._gates])
                    self._apply(await stops.read_stops(conn))
                started = True
            except SQLAlchemyError as error:
                log.warning("egress.stops.unread", error=type(error).__name__)
            await asyncio.sleep(_POLL_S)

    def _apply(self, found: Collection[stops.Stop]) -> None:
        now = self._clock()
        stopped = {stop.account: stop.left_s for stop in found}
        for account, gate in self._gates.items():
            if account in stopped:
                if not gate.probing:
                    gate.refuse(now, stopped[account])
            elif gate.refused:
                gate.answered()
                self._wake.set()
