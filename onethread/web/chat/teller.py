"""Reads one session's view from the database and says what changed since the last look."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.webchat.parse import client_id
from onethread.ids import CustomerId
from onethread.storage import webchat
from onethread.storage.webchat import Line, ShownFile, ShownPart, View, Waiting

Frame = dict[str, Any]
_PAGE = 100
NO_THREAD = ""


def thread_name(customer_id: CustomerId, moved_at: datetime | None = None) -> str:
    """A name of the thread that tells the page when it changed, and nobody who it belongs to.

    Whose address was joined to another customer, or split from one, has numbers that begin anew.
    """
    since = b"" if moved_at is None else moved_at.isoformat().encode()
    return hashlib.sha256(b"webchat thread " + customer_id.bytes + since).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class News:
    """Frames for the page; `more` asks to come again at once (no connection is held meanwhile)."""

    frames: list[Frame]
    more: bool


class Teller:
    """The state of one socket: how far it has been told, and which sends it may report as seen."""

    def __init__(
        self, engine: AsyncEngine, *, account: str, address_key: str, thread: str, last_seq: int
    ) -> None:
        self._engine = engine
        self._account = account
        self._address_key = address_key
        self._thread = thread
        self._seq = last_seq
        self._view: View | None = None
        self._waiting: Frame | None = None
        self._state: Frame | None = None
        self._unread: dict[int, tuple[str, ...]] = {}
        self._unreceived: dict[int, tuple[str, ...]] = {}

    @property
    def customer_id(self) -> CustomerId | None:
        """Whose thread is told, once the first message was taken up."""
        return self._view.customer_id if self._view else None

    async def news(self) -> News:
        """What brings the page from what it was told towards what is now in the database."""
        frames: list[Frame] = []
        lines: list[Line] = []
        told = self._seq
        async with self._engine.connect() as conn:
            # Waiting rows first: one that is taken up in between shows twice for a moment, never not at all.
            waiting = await webchat.waiting_of(conn, account=self._account, address_key=self._address_key)
            view = await webchat.view_of(conn, account=self._account, address_key=self._address_key)
            thread = thread_name(view.customer_id, view.moved_at) if view else NO_THREAD
            if thread != self._thread:
                # The first message made the thread, or two were joined: numbers start anew.
                frames.append({"type": "thread", "thread": thread, "reset": self._thread != NO_THREAD})
                self._thread, self._seq, told = thread, 0, 0
            self._view = view
            if view is not None:
                lines, told = await webchat.lines_after(conn, view, seq=self._seq, limit=_PAGE)
        if told > self._seq:
            self._seq = told
            self._remember(lines)
            frames.append({"type": "lines", "items": [line_frame(line) for line in lines], "told": told})
            return News(frames, more=True)
        changed: Frame = {"type": "waiting", "items": [waiting_frame(item) for item in waiting]}
        if changed != self._waiting:
            self._waiting = changed
            frames.append(changed)
        state = self._state_frame(bool(waiting))
        if state != self._state:
            self._state = state
            frames.append(state)
        return News(frames, more=False)

    def seen(self, kind: str, seq: int) -> list[str]:
        """Oids of our sends up to `seq` that were not reported before as `kind` ("received" or "read")."""
        open_ = self._unread if kind == "read" else self._unreceived
        done = [number for number in open_ if number <= seq]
        oids = [oid for number in done for oid in open_.pop(number)]
        if kind == "read":
            for number in done:
                self._unreceived.pop(number, None)
        return oids

    def _remember(self, lines: list[Line]) -> None:
        for line in lines:
            oids = tuple(part.oid for part in line.parts if not part.read)
            if oids:
                self._unread[line.seq] = self._unreceived[line.seq] = oids

    def _state_frame(self, is_waiting: bool) -> Frame:
        view = self._view
        owner = view.owner if view else "bot"
        return {
            "type": "state",
            "owner": owner,
            "agent": view.agent if view else None,
            "stopped": bool(view and view.opted_out),
            "working": is_waiting and owner == "bot",
            "seen": view.seen if view else 0,
            "language": view.language if view else None,
        }


def line_frame(line: Line) -> Frame:
    """One line as the page shows it."""
    return {
        "seq": line.seq,
        "from": "me" if line.incoming else line.author,
        "agent": line.agent,
        "at": line.at.isoformat(timespec="seconds"),
        "id": client_id(line.provider_message_id) if line.provider_message_id else None,
        "unread": any(not part.read for part in line.parts),
        "parts": [{"text": line.text, "files": [file_frame(item) for item in line.files]}]
        if line.incoming
        else [_part_frame(part) for part in line.parts],
    }


def _part_frame(part: ShownPart) -> Frame:
    return {
        "text": part.text,
        "spans": [{"start": span.start, "end": span.end, "link": span.link} for span in part.spans],
        "buttons": [{"title": title, "tap": tap} for title, tap in part.buttons],
        "files": [file_frame(item) for item in part.files],
    }


def file_frame(item: ShownFile) -> Frame:
    """A file as the page shows it; its bytes are fetched under this id with the session's token."""
    return {"id": item.id, "name": item.name, "type": item.content_type, "size": item.size}


def waiting_frame(item: Waiting) -> Frame:
    """A message of this session that is accepted and not in the thread yet."""
    return {
        "id": client_id(item.provider_message_id),
        "text": item.text,
        "at": item.at.isoformat(timespec="seconds"),
        "files": [file_frame(file) for file in item.files],
    }
