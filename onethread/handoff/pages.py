"""Reads what a desk page needs and renders it; each first look at a thread leaves an audit line."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import cast
from uuid import UUID, uuid4

from sanic import Request
from sanic.exceptions import NotFound
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.ids import CustomerId
from onethread.storage import agents, desk, media, people, stops
from onethread.storage.addresses import living, reply_address
from onethread.storage.agents import Session
from onethread.storage.desk import Shelf
from onethread.storage.notices import list_notices
from onethread.storage.threads import ThreadMessage, read_latest
from onethread.web.limits import Windows
from onethread.web.templates import Templates

from . import views, who
from .ports import DeskHouse
from .shown import ids_of

_SHELVES: tuple[Shelf, ...] = ("queue", "mine", "all")
_PAGE = 100
_READ_AGAIN_S = 600.0


def shelf_of(request: Request) -> Shelf:
    """Which list the page shows."""
    wanted = request.args.get("shelf", "queue")
    return cast(Shelf, wanted) if wanted in _SHELVES else "queue"


def find_of(request: Request) -> str:
    """Whom to look for as the same person."""
    return str(request.args.get("find", ""))[:80].strip()


def before_of(request: Request) -> int | None:
    """Where an earlier page of the thread ends."""
    wanted = request.args.get("before", "")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 16 else None


class Pages:
    """The desk's pages."""

    def __init__(
        self, house: DeskHouse, templates: Templates, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = house.engines.web
        self._templates = templates
        self._clock = clock
        self._looks = Windows(1, _READ_AGAIN_S)
        self._file_max = house.library.max_bytes

    async def desk(
        self,
        session: Session,
        shelf: Shelf,
        customer_id: UUID | None,
        *,
        before: int | None = None,
        find: str = "",
        problem: str = "",
    ) -> str:
        """The whole page: the list, and the thread when there is one.

        Raises:
            NotFound: no such customer.
        """
        async with self._engine.begin() as conn:
            values = await self._list(conn, session, shelf, customer_id)
            if customer_id is not None:
                values |= await self._thread(conn, session, customer_id, before, find)
        values.setdefault("head", None)
        return self._templates.render("desk/desk.html", problem=problem, **values)

    async def living(self, customer_id: UUID) -> CustomerId:
        """Who this customer is now: somebody else, when they were found to be one person."""
        async with self._engine.connect() as conn:
            return await living(conn, CustomerId(customer_id))

    async def notices(self) -> str:
        """What platforms said that is nobody's message."""
        async with self._engine.connect() as conn:
            found = await list_notices(conn)
        return self._templates.render("desk/notices.html", notices=found)

    async def list_fragment(self, session: Session, shelf: Shelf) -> str:
        """The list alone, for a page that is open."""
        async with self._engine.connect() as conn:
            values = await self._list(conn, session, shelf, None)
        return self._templates.render("desk/list.html", **values)

    async def thread_fragment(self, session: Session, shelf: Shelf, customer_id: UUID, find: str = "") -> str:
        """The thread alone, for a page that is open."""
        async with self._engine.begin() as conn:
            values = await self._thread(conn, session, customer_id, None, find)
        return self._templates.render("desk/thread.html", shelf=shelf, session=session, problem="", **values)

    async def _list(
        self, conn: AsyncConnection, session: Session, shelf: Shelf, customer_id: UUID | None
    ) -> dict[str, object]:
        entries = await desk.list_entries(conn, shelf, session.agent.id)
        return {
            "session": session,
            "shelf": shelf,
            "rows": [views.row(entry) for entry in entries],
            "counts": await desk.count_shelves(conn, session.agent.id),
            "open_id": str(customer_id or ""),
            "stopped": ["/".join(stop.account) for stop in await stops.read_stops(conn)],
        }

    async def _thread(
        self,
        conn: AsyncConnection,
        session: Session,
        customer_id: UUID,
        before: int | None,
        find: str = "",
    ) -> dict[str, object]:
        card = await desk.read_card(conn, customer_id)
        if card is None:
            raise NotFound("no such customer")
        if self._looks.take(f"{session.agent.id} {customer_id}", self._clock()):
            await agents.record(conn, "read", agent_id=session.agent.id, customer_id=card.customer_id)
        messages = await read_latest(conn, CustomerId(customer_id), _PAGE, before, notes=True)
        waiting = [] if before else await desk.list_unanswered(conn, customer_id)
        return {
            "who": who.who(
                session.agent,
                await people.addresses_of(conn, customer_id),
                await people.links_of(conn, customer_id),
                await people.search(conn, find, customer_id) if find else (),
                find,
            ),
            "head": views.head(card, session.agent, await reply_address(conn, card.customer_id)),
            "said": views.thread(messages, waiting, await _beside(conn, customer_id, messages, waiting)),
            "earlier": messages[0].seq if len(messages) == _PAGE else None,
            "request_id": str(uuid4()),
            "file_max": self._file_max,
        }


async def _beside(
    conn: AsyncConnection,
    customer_id: UUID,
    messages: Sequence[ThreadMessage],
    waiting: Sequence[desk.Unanswered],
) -> views.Beside:
    """The files and messages that these messages speak of."""
    named = [found for message in messages for found in ids_of(message.content)]
    files = await media.files_of(conn, CustomerId(customer_id), named)
    with_files = [item.inbox_id for item in waiting if ids_of(item.content)]
    files |= await media.files_of_messages(conn, with_files)
    meant = {str(found) for message in messages if (found := message.content.get("reply_to"))}
    return views.Beside(files, await desk.spoken_of(conn, customer_id, meant))
