"""Step 1 without a webhook: asks a platform that never delivers twice what it had for us, and keeps the rest.

Twilio tries a webhook once; what came while the house or its Postgres was away is only in Twilio's own list.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.contract import Connector, ListsInbound, Missed, RateLimited, Retryable, SendError
from onethread.ingress.accept import accept_events
from onethread.ingress.age import OLDEST
from onethread.ingress.bodies import BodyVault
from onethread.storage import cursors, inbox
from onethread.storage.engine import AWAY
from onethread.storage.sole import StillMine, whenever_sole

log = structlog.get_logger()

_JOB = "inbound"
_TURN_S = 5.0
"""How often a process without the lock, or without Postgres, asks for it."""
_EVERY_S = 20.0
_PAUSE_MAX_S = 60.0
OVERLAP = timedelta(minutes=5)
"""Asked for again every time: clocks differ, and a message may enter the platform's list late."""
GRACE = timedelta(seconds=20)
"""A message younger than this is left to its webhook (Twilio's takes 15 s at most), which says more of it."""


async def run(
    engine: AsyncEngine,
    vault: BodyVault,
    connectors: Mapping[tuple[str, str], Connector],
    stop: asyncio.Event,
    *,
    turn_s: float = _TURN_S,
    every_s: float = _EVERY_S,
    pause_max_s: float = _PAUSE_MAX_S,
    grace: timedelta = GRACE,
    now: Callable[[], float] = time.time,
) -> None:
    """Look after every account that has such a list until `stop`; one process of all does it at a time.

    Asks at once when the lock is got, so also when Postgres is back, and then every `every_s` seconds.
    """
    async with asyncio.TaskGroup() as group:
        tasks = []
        for door in connectors.values():
            if isinstance(door, ListsInbound):
                one = Reconciler(engine, vault, door, grace=grace, now=now)
                what = f"reconcile {door.key}/{door.account}"
                watch = whenever_sole(
                    engine, what, _Watch(one, door, every_s, pause_max_s).run, turn_s=turn_s
                )
                tasks.append(group.create_task(watch, name=what))
        await stop.wait()
        for task in tasks:
            task.cancel()


class Reconciler:
    """Brings one account's list and our inbox together."""

    def __init__(
        self,
        engine: AsyncEngine,
        vault: BodyVault,
        door: Connector,
        *,
        grace: timedelta = GRACE,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._vault, self._door = engine, vault, door
        self._grace, self._now = grace, now

    async def ask(self) -> int:
        """List what came since the cursor, keep what is missing, move the cursor; tells how many those were.

        The first cursor is now: what came before this house's first start is not its business. What is older
        than `OLDEST` is left out too, and the log says so. Raises `SendError` and database errors.
        """
        assert isinstance(self._door, ListsInbound)  # noqa: S101 - `run` made us for such a door
        key, account = self._door.key, self._door.account
        now = datetime.fromtimestamp(self._now(), UTC)
        async with self._engine.begin() as conn:
            since = await cursors.begin_at(conn, key, account, _JOB, now)
        if since < now - OLDEST:
            log.error("ingress.missed.too_old", connector=key, account=account, since=since.isoformat())
            since = now - OLDEST
        listed = await self._door.list_inbound(since.timestamp())
        missing = await self._missing([missed for missed in listed if self._due(missed, since, now)])
        for missed in missing:
            await accept_events(
                self._engine,
                self._vault,
                key,
                account,
                [missed.message],
                raw=missed.raw,
                stops=self._door.capabilities.opt_out_words,
            )
        async with self._engine.begin() as conn:
            await cursors.move(conn, key, account, _JOB, now - OVERLAP)
        if missing:
            log.warning("ingress.missed.kept", connector=key, account=account, new=len(missing))
        return len(missing)

    def _due(self, missed: Missed, since: datetime, now: datetime) -> bool:
        """A list may begin earlier than asked (some know days only), and end with what is on its way."""
        at = missed.message.provider_time
        # Platforms tell whole seconds.
        return at is None or since.replace(microsecond=0) <= at <= now - self._grace

    async def _missing(self, listed: Sequence[Missed]) -> Sequence[Missed]:
        """What is not in the inbox yet; most of a list always is."""
        ids = [missed.message.provider_message_id for missed in listed]
        async with self._engine.connect() as conn:
            known = await inbox.known(conn, self._door.key, self._door.account, ids)
        return [missed for missed in listed if missed.message.provider_message_id not in known]


class _Watch:
    """Asks again and again while this process is the one that does."""

    def __init__(self, reconciler: Reconciler, door: Connector, every_s: float, pause_max_s: float) -> None:
        self._reconciler, self._door = reconciler, door
        self._every_s, self._pause_max_s = every_s, pause_max_s

    async def run(self, mine: StillMine) -> None:
        """Until the lock is lost. A fault that lasts is told once, and waited out."""
        failures, told = 0, ""
        while await mine():
            try:
                await self._reconciler.ask()
                failures, told = 0, ""
                pause = self._every_s
            except (SendError, SQLAlchemyError, OSError) as error:
                if isinstance(error, AWAY):
                    return  # the lock went with it; it is asked for until Postgres is back
                failures += 1
                pause = self._pause(error, failures)
                if type(error).__name__ != told:
                    told = type(error).__name__
                    self._tell(error)
            await asyncio.sleep(pause)

    def _tell(self, error: Exception) -> None:
        log.error(
            "ingress.missed.not_listed",
            connector=self._door.key,
            account=self._door.account,
            error=type(error).__name__,
            code=getattr(error, "code", None),
        )

    def _pause(self, error: Exception, failures: int) -> float:
        """Seconds until the next try: few at first when it may pass, or what the platform asks for."""
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return max(self._every_s, error.retry_after)
        return min(2.0**failures, self._pause_max_s) if isinstance(error, Retryable) else self._pause_max_s
