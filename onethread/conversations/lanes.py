"""Step 3: one lane a customer. A turn runs in one transaction that holds the lane's row and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import Channel, InboundKind
from onethread.conversations.brakes import WINDOW
from onethread.conversations.bursts import next_burst
from onethread.conversations.failures import LONGEST_S, MOST_ATTEMPTS, SHORT_S, after_failure, give_up
from onethread.conversations.taps import Choice, chosen_by_tap, chosen_by_text, tap_place
from onethread.conversations.turn import Burst, Talk, take_turn
from onethread.crashpoints import crash_at
from onethread.dialogue.rasa_client import RasaUnavailable, TurnFailure
from onethread.ids import CustomerId, InboxId
from onethread.storage.engine import AWAY
from onethread.storage.inbox import Pending, begin_attempt, count_attempt, pending_of
from onethread.storage.lanes import lock_lane
from onethread.storage.scenes import Scene, read_scene
from onethread.storage.threads import spoken_at

log = structlog.get_logger()

_NO_QUIET: Mapping[Channel, float] = MappingProxyType({})
_AGAIN_S = (0.1, 0.5, 1.0, *[2.0] * 14)
"""Pauses while the database is away and a failed turn waits to be written down."""


class Look(Enum):
    """What a look at a lane came to."""

    NOTHING = auto()
    WORKED = auto()
    """A turn was taken, and nothing waited behind it when it began."""
    MORE = auto()
    """There may be more to do."""


class Lanes:
    """Works on lanes, any number at a time, each on its own connection.

    `quiet_s`: for people who type in pieces, after how many seconds without another text a channel's texts
    are answered; 0 where it is not named.
    """

    def __init__(
        self, engine: AsyncEngine, talk: Talk, *, quiet_s: Mapping[Channel, float] = _NO_QUIET
    ) -> None:
        self._engine = engine
        self._talk = talk
        self._quiet = {
            key: quiet_s[door.channel]
            for (key, _), door in talk.connectors.items()
            if quiet_s.get(door.channel)
        }

    async def work(self, customer_id: CustomerId, *, more: Callable[[], bool] = lambda: True) -> None:
        """Answer what waits in a lane until nothing is due, another worker has it, or `more` says no.

        What comes while its last turn runs is left to whoever hears of it.
        """
        while await self.look(customer_id) is Look.MORE and more():
            pass

    async def look(self, customer_id: CustomerId) -> Look:
        """Take one turn of this lane, if one is due and nobody else is at it."""
        attempt = _Attempt()
        try:
            return await self._try(customer_id, attempt)
        except RasaUnavailable as failure:
            await self._failed(customer_id, attempt, failure.reason, counts=False, longest_s=SHORT_S)
        except TurnFailure as failure:
            await self._failed(customer_id, attempt, failure.reason, counts=False)
        except AWAY as error:
            reason = f"database: {type(getattr(error, 'orig', error)).__name__}"
            await self._failed(customer_id, attempt, reason, counts=False, longest_s=SHORT_S)
        except Exception as error:
            # The edge of a lane: whatever one message sets off must not stop the others.
            log.exception("lane.turn.broke", customer_id=str(customer_id))
            await self._failed(customer_id, attempt, f"broke: {type(error).__name__}", counts=True)
        return Look.MORE

    async def _try(self, customer_id: CustomerId, attempt: _Attempt) -> Look:
        begun = await begin_attempt(self._engine, customer_id, MOST_ATTEMPTS, self._quiet)
        if begun is None or not begun.due:
            return Look.NOTHING
        if begun.ended:
            return await self._bury(customer_id)
        if not begun.counted:
            return Look.MORE  # answered just now: there may be more behind
        attempt.ids = [begun.id]
        changed = more = False
        async with self._engine.connect() as conn:
            async with conn.begin():
                if await lock_lane(conn, customer_id):
                    # A second statement: one with the lock could still see rows another worker answered.
                    scene = await read_scene(conn, customer_id, WINDOW)
                    if scene is None or not scene.waiting[0].due:
                        return Look.NOTHING
                    burst = await self._burst(conn, customer_id, scene)
                    attempt.ids = [row.id for row in burst.rows]
                    changed = await take_turn(conn, self._talk, scene, burst)
                    attempt.taken, more = True, len(scene.waiting) > len(burst.rows)
            if not attempt.taken:
                async with conn.begin():
                    await count_attempt(conn, attempt.ids, by=-1)
                return Look.NOTHING
        crash_at("lane.after_commit")
        self._announce(customer_id, desk=changed)
        return Look.MORE if more else Look.WORKED

    async def _bury(self, customer_id: CustomerId) -> Look:
        async with self._engine.begin() as conn:
            if not await lock_lane(conn, customer_id):
                return Look.NOTHING
            # Read again under the lock: somebody may have answered it in between.
            rows = await pending_of(conn, customer_id)
            if rows and rows[0].attempts >= MOST_ATTEMPTS:
                await give_up(conn, self._talk, rows[:1], "attempts ended without a word")
        self._announce(customer_id, desk=True)
        return Look.MORE  # there may be more behind

    async def _burst(self, conn: AsyncConnection, customer_id: CustomerId, scene: Scene) -> Burst:
        """The messages of the next turn."""
        head = scene.waiting[0]
        if head.tap is not None:
            place = tap_place(head.tap)
            spoken = None if place is None else await spoken_at(conn, head.address_id, place[0])
            return Burst([head], None if place is None else chosen_by_tap(spoken, place[1]))

        def choice(row: Pending) -> Choice | None:
            # What was typed before an answer came is no choice among what that answer offers.
            return chosen_by_text(row.text, scene.shown) if row.kind == InboundKind.TEXT else None

        return Burst(next_burst(scene.waiting, lambda row: choice(row) is not None), choice(head))

    async def _failed(
        self,
        customer_id: CustomerId,
        attempt: _Attempt,
        reason: str,
        *,
        counts: bool,
        longest_s: float = LONGEST_S,
    ) -> None:
        """Write down that a turn failed; the database itself may be away, so try for half a minute."""
        for pause in (*_AGAIN_S, None):
            try:
                async with self._engine.begin() as conn:
                    if not await lock_lane(conn, customer_id):
                        return  # somebody else is at it already
                    waiting = await pending_of(conn, customer_id)
                    rows = [row for row in waiting if row.id in attempt.ids]
                    if rows:
                        await after_failure(
                            conn, self._talk, rows, reason, counts=counts, longest_s=longest_s
                        )
                self._announce(customer_id, desk=True)
                return
            except AWAY as error:
                log.warning("lane.failure.unwritten", reason=reason, error=type(error).__name__)
                if pause is not None:
                    await asyncio.sleep(pause)

    def _announce(self, customer_id: CustomerId, *, desk: bool) -> None:
        self._talk.fanout.thread(customer_id)
        if desk:
            self._talk.fanout.desk()


@dataclass(slots=True)
class _Attempt:
    """How far a try came, for whoever has to clean up after it."""

    ids: list[InboxId] = field(default_factory=list)
    taken: bool = False
