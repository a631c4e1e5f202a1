"""Step 2, beside the walk: asks that two addresses become one customer's; a job does it, outside any turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onethread.fanout import Fanout
from onethread.identity.merging import carry_out_link
from onethread.identity.moving import Changed
from onethread.identity.undoing import undo_link
from onethread.ids import AddressId, AgentId, LinkId
from onethread.jobs.deferring import defer
from onethread.jobs.running import Attempt, Jobs
from onethread.storage import links
from onethread.storage.links import Evidence, Trust

log = structlog.get_logger()

LINK = "identity.link"
UNDO = "identity.undo"

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:pair, 0))")


async def ask_link(
    conn: AsyncConnection,
    address_id: AddressId,
    with_address_id: AddressId,
    *,
    trust: Trust,
    evidence: Evidence,
    detail: Mapping[str, str | int] | None = None,
) -> LinkId:
    """Ask, in the caller's transaction, that these two become one customer; carried out after its commit.

    The older customer stays, whichever of the two it is. Asked again while it waits, it is the same request.
    `detail` is for people and holds no secret, no number and nothing that was typed.
    """
    asked = await _open(conn, (address_id, with_address_id), trust, evidence, "asked", detail or {})
    await defer(conn, LINK, [{"link_id": str(asked)}])
    return asked


async def propose_link(
    conn: AsyncConnection,
    address_id: AddressId,
    with_address_id: AddressId,
    *,
    trust: Trust,
    evidence: Evidence,
    detail: Mapping[str, str | int] | None = None,
) -> LinkId:
    """The same, but it waits for a person."""
    return await _open(conn, (address_id, with_address_id), trust, evidence, "proposed", detail or {})


async def accept_link(conn: AsyncConnection, link_id: LinkId) -> bool:
    """A person agrees with a proposal. False: it is none any more."""
    if not await links.change_status(conn, link_id, "asked", expected="proposed"):
        return False
    await defer(conn, LINK, [{"link_id": str(link_id)}])
    return True


async def refuse_link(conn: AsyncConnection, link_id: LinkId, reason: str) -> bool:
    """A person does not agree with a proposal. False: it is none any more."""
    return await links.change_status(conn, link_id, "refused", expected="proposed", reason=reason)


async def ask_undo(conn: AsyncConnection, link_id: LinkId, *, by: AgentId | None, reason: str) -> bool:
    """Ask, in the caller's transaction, that a link be undone. False: it is not done (any more)."""
    link = await links.read_link(conn, link_id)
    if link is None or link.status != "done":
        return False
    job = {"link_id": str(link_id), "by": str(by or ""), "reason": reason}
    await defer(conn, UNDO, [job])
    return True


async def _open(  # noqa: PLR0917 - the same words as its callers'
    conn: AsyncConnection,
    pair: tuple[AddressId, AddressId],
    trust: Trust,
    evidence: Evidence,
    status: links.Status,
    detail: Mapping[str, str | int],
) -> LinkId:
    if pair[0] == pair[1]:
        raise ValueError("an address is not linked with itself")
    await conn.execute(_ONE_AT_A_TIME, {"pair": "link ".join(sorted(map(str, pair)))})
    waiting = await links.find_open(conn, *pair, evidence, status)
    if waiting is not None:
        return waiting
    return await links.add_link(conn, *pair, trust=trust, evidence=evidence, status=status, detail=detail)


@dataclass(frozen=True, slots=True)
class IdentityJobs:
    """The jobs of this room."""

    engine: AsyncEngine
    fanout: Fanout

    def register(self, jobs: Jobs) -> None:
        """Make them known to this worker."""
        jobs.task(LINK, self.link)
        jobs.task(UNDO, self.undo)

    async def link(self, attempt: Attempt, *, link_id: str) -> None:
        """Join two customers, once however often it is tried."""
        self._tell(await carry_out_link(self.engine, LinkId(UUID(link_id))))

    async def undo(self, attempt: Attempt, *, link_id: str, by: str, reason: str) -> None:
        """Split what a link had joined, once however often it is tried."""
        agent = AgentId(UUID(by)) if by else None
        self._tell(await undo_link(self.engine, LinkId(UUID(link_id)), by=agent, reason=reason))

    def _tell(self, changed: Changed | None) -> None:
        if changed is None:
            return
        for customer_id in changed.customers:
            self.fanout.thread(customer_id)
        self.fanout.desk()
