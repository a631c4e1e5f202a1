"""A process that merges or undoes and is killed at a named point: `python -m tests.identity.doomed`."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from onethread.identity.merging import carry_out_link
from onethread.identity.undoing import undo_link
from onethread.ids import LinkId
from onethread.storage.engine import open_engines


async def main(which: str, link: str, url: str) -> None:
    engine = open_engines(url, lane_slots=1, turn_deadline_s=10).senders
    link_id = LinkId(UUID(link))
    if which == "merge":
        await carry_out_link(engine, link_id)
    else:
        await undo_link(engine, link_id, by=None, reason="a mistake")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
