"""Step 5, afterwards: settles sends whose outcome nobody told us: echo first, then ask, then a person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import Connector, LooksUpSends, Sent
from onethread.egress.breaker import Account, Gates
from onethread.egress.outcomes import DEAD_AFTER_S, ECHO_WAIT_S
from onethread.ids import AddressId, CustomerId, OutboxId
from onethread.storage import sends
from onethread.storage.sends import Send

log = structlog.get_logger()

_POLL_S = 1.0
_ROOM = 20
_LEASE_S = 60.0
_ASK_AGAIN_S = 30.0
_ECHO_LOOK_S = 3.0
_ECHO_GIVEN_UP_S = 600.0


class UnknownResolver:
    """Looks at rows 30 s after their request left when the answer was unclear, 22 s when its sender died.

    A receipt that echoes our id settles a row before this does (see `receipts`). Resends at most once, and
    only where the platform can neither echo nor be asked, or where the sender died and its request cannot
    have left: the platform, asked so much later, has nothing, or has echoed what left after it and not this
    (docs/adr/0010). `mine` tells what this process is still about: nobody died over that.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        connectors: Mapping[Account, Connector],
        gates: Gates,
        announce: Callable[[CustomerId], None],
        *,
        mine: Callable[[], Collection[OutboxId]] = tuple,
        echo_wait_s: float = ECHO_WAIT_S,
    ) -> None:
        self._engine = engine
        self._connectors = connectors
        self._gates = gates
        self._announce = announce
        self._mine = mine
        self._echo_wait_s = echo_wait_s

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.settle()
            except SQLAlchemyError as error:
                log.warning("egress.unknown.unsettled", error=type(error).__name__)
            await asyncio.sleep(min(_POLL_S, self._echo_wait_s))

    async def settle(self) -> None:
        """One look at every row that is due."""
        async with self._engine.begin() as conn:
            lost = await sends.find_lost(conn, min(DEAD_AFTER_S, self._echo_wait_s), but=self._mine())
        async with self._engine.begin() as conn:
            doubtful = await sends.claim_unknown(conn, _ROOM, _LEASE_S)
        for customer_id in lost:
            self._announce(customer_id)
        by_address: dict[AddressId, list[Send]] = {}
        for send in sorted(doubtful, key=lambda send: send.id):
            by_address.setdefault(send.address_id, []).append(send)
        async with asyncio.TaskGroup() as group:
            for rows in by_address.values():
                group.create_task(self._settle_address(rows))

    async def _settle_address(self, rows: Sequence[Send]) -> None:
        """One after the other: two lost messages of one text must not both be taken for the one found."""
        for send in rows:
            try:
                await self._settle_one(send)
            except SQLAlchemyError as error:
                # Due again when its lease ends.
                log.warning("egress.unknown.unsettled", oid=send.oid, error=type(error).__name__)
            self._announce(send.customer_id)

    async def _settle_one(self, send: Send) -> None:
        connector = self._connectors.get((send.address.connector, send.address.account))
        door: object = connector
        if isinstance(door, LooksUpSends):
            await self._ask(door, send)
            return
        limits = connector.capabilities if connector and send.attempts < 2 else None
        async with self._engine.begin() as conn:
            if limits and limits.resend_when_unknown:
                await sends.requeue_unknown(conn, send)
            elif limits and limits.echoes_oid and send.sender_died:
                await self._await_echo(conn, send)
            else:
                await sends.leave_unknown(conn, send, None, "nobody can tell whether it was sent")

    async def _await_echo(self, conn: AsyncConnection, send: Send) -> None:
        """Silence alone says nothing: our own door may have been shut. Silence among other echoes does."""
        waited_s = (datetime.now(UTC) - (send.sending_since or send.created_at)).total_seconds()
        if await sends.later_reported(conn, send):
            await sends.requeue_unknown(conn, send)
        elif waited_s < _ECHO_GIVEN_UP_S:
            await sends.leave_died(conn, send, min(_ECHO_LOOK_S, self._echo_wait_s))
        else:
            await sends.leave_unknown(conn, send, None, "nobody can tell whether it was sent")

    async def _ask(self, connector: LooksUpSends, send: Send) -> None:
        since = (send.sending_since or send.created_at).timestamp()
        try:
            async with self._engine.begin() as conn:
                taken = await sends.read_taken(conn, send.address_id)
            found = await connector.look_up(
                send.address, send.part, oid=send.oid, since=since, taken=frozenset(taken)
            )
        except SQLAlchemyError:
            raise
        except Exception as error:
            # A refusal, or a door that breaks its promise: neither may stop the others.
            log.warning("egress.unknown.unasked", oid=send.oid, outcome=type(error).__name__)
            async with self._engine.begin() as conn:
                await sends.leave_unknown(conn, send, _ASK_AGAIN_S, f"could not ask ({type(error).__name__})")
            return
        await self._believe(send, found)

    async def _believe(self, send: Send, found: Sent | None) -> None:
        async with self._engine.begin() as conn:
            if found:
                await sends.mark_sent(conn, {send.id: found.provider_message_id})
                self._gates[send.address.connector, send.address.account].answered()
            elif send.sender_died and send.attempts < 2:
                await sends.requeue_unknown(conn, send)
            else:
                await sends.leave_unknown(conn, send, None, "the platform does not have it")
        log.warning("egress.unknown.settled", oid=send.oid, found=found is not None)
