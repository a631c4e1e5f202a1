"""Step 5, when a platform could not have a file: its caption and its link go in words instead, once."""

from __future__ import annotations

from dataclasses import replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Part
from onethread.storage import outbox, sends
from onethread.storage.sends import Send

log = structlog.get_logger()


def linked(part: Part) -> Part:
    """The part with the address of its file in its text. Pure.

    Within every limit, as captions are a third of a text or less. What is sent holds no file any more, so
    that this happens once.
    """
    return replace(part, text="\n".join([part.text, *(item.ref for item in part.media)]).strip(), media=())


async def say_link(conn: AsyncConnection, send: Send, code: str | None) -> None:
    """Queue the row again at its old place; it was surely not delivered."""
    await sends.send_instead(conn, send, linked(send.part))
    await outbox.wake(conn)
    log.warning("egress.file.said_as_link", oid=send.oid, code=code)
