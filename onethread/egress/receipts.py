"""Step 5, afterwards: applies what platforms say became of a message; only ever forward."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.contract import (
    AccountBlocked,
    Connector,
    CredentialsRejected,
    FileRejected,
    NotDelivered,
    OptedOut,
    ReceiptStatus,
    RecipientAway,
    RecipientUnreachable,
    TemplateRejected,
    WindowClosed,
)
from onethread.egress import accounts, files, windows
from onethread.egress.breaker import Account, Gates
from onethread.ids import CustomerId, OutboxId
from onethread.storage import consent, receipts, sends
from onethread.storage.receipts import Heard
from onethread.storage.sends import Send

log = structlog.get_logger()

_BATCH = 500
_POLL_S = 0.3
"""How late a receipt may be; they come in crowds, and are applied as one."""
_PAUSE_S = 2.0
AGAIN_S = 15 * 60.0
"""What was not delivered for a passing reason is sent once more after so long."""
# Nobody had answered for these: their receipt is the answer, and a sign of life.
_UNSETTLED = frozenset({"sending", "unknown"})
_REFUSING = frozenset({CredentialsRejected.__name__, AccountBlocked.__name__})
_RANKS = {status: rank for rank, status in enumerate(ReceiptStatus)}


def furthest(heard: Iterable[Heard]) -> dict[OutboxId, Heard]:
    """The receipt that counts for each row: the highest in rank, in whatever order they came."""
    best: dict[OutboxId, Heard] = {}
    for receipt in heard:
        known = best.get(receipt.outbox_id)
        if known is None or _RANKS[receipt.status] > _RANKS[known.status]:
            best[receipt.outbox_id] = receipt
    return best


class ReceiptApplier:
    """Works off parked receipts; several may run on one database."""

    def __init__(
        self,
        engine: AsyncEngine,
        connectors: Mapping[Account, Connector],
        gates: Gates,
        announce: Callable[[CustomerId], None],
        *,
        again_s: float = AGAIN_S,
    ) -> None:
        self._engine = engine
        self._connectors = connectors
        self._again_s = again_s
        self._gates = gates
        self._announce = announce

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                heard = await self.apply()
            except SQLAlchemyError as error:
                log.warning("egress.receipts.failed", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_S)
                continue
            if heard < _BATCH:
                await asyncio.sleep(_POLL_S)

    async def apply(self) -> int:
        """One batch, in one transaction; how many receipts it took."""
        async with self._engine.begin() as conn:
            heard = await receipts.take_receipts(conn, _BATCH)
            if not heard:
                return 0
            best = furthest(heard)
            moved = await receipts.move_forward(conn, best)
            failed = [row.outbox_id for row in moved if best[row.outbox_id].status is ReceiptStatus.FAILED]
            for send in await sends.read_sends(conn, failed) if failed else ():
                await self._follow(conn, send, best[send.id])
            await receipts.mark_applied(conn, [receipt.id for receipt in heard])
        for row in moved:
            gate = self._gates.get(best[row.outbox_id].account)
            if gate and row.was in _UNSETTLED:
                gate.answered()
            action = best[row.outbox_id].error_action
            if gate and action in _REFUSING:
                gate.refuse(time.monotonic(), accounts.try_again_s(action))
        for customer_id in {row.customer_id for row in moved}:
            self._announce(customer_id)
        return len(heard)

    async def _follow(self, conn: AsyncConnection, send: Send, receipt: Heard) -> None:
        """What a failure heard afterwards means; other actions are for the next send to find."""
        log.warning("egress.receipt.failed", oid=send.oid, code=receipt.error, action=receipt.error_action)
        said = f"the platform said so later (code {receipt.error})"
        match receipt.error_action:
            case NotDelivered.__name__ | RecipientAway.__name__ if not send.sent_again:
                await sends.send_again(conn, send.id, self._again_s)
                return
            case FileRejected.__name__ if send.part.media:
                await files.say_link(conn, send, receipt.error)
                return
            case RecipientUnreachable.__name__ | RecipientAway.__name__:
                await sends.mark_undeliverable(conn, send.address_id, said)
            case OptedOut.__name__:
                await consent.record_stop(conn, send.address_id, source="platform")
            case WindowClosed.__name__ if send.purpose != "reopening":
                door = self._connectors.get(receipt.account)
                if door is not None:
                    await windows.hold_refused(conn, door, send, receipt.error)
                return
            case str(action) if action in _REFUSING:
                await accounts.stop_account(conn, receipt.account, action, said)
            case TemplateRejected.__name__ if send.part.template:
                await accounts.tell_of_template(conn, receipt.account, send.part.template.name, said)
            case _:
                pass
        if send.purpose == "reopening":
            await windows.ask_people(conn, send.customer_id, windows.UNASKED)
