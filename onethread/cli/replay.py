"""`onethread replay`: lists messages that nobody could answer, and puts them back into their lanes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from sqlalchemy.exc import OperationalError

from onethread.ids import InboxId
from onethread.settings import Settings, SettingsError
from onethread.storage import inbox
from onethread.storage.engine import open_engines

_USAGE = "usage: onethread replay [--all | ID ..]   (with nothing: lists dead messages)\n"


def main(argv: list[str]) -> int:
    """0: listed or replayed; 1: nothing was replayed, or no database; 2: wrong use."""
    if any(not word.isdigit() and word != "--all" for word in argv) or ("--all" in argv and len(argv) > 1):
        sys.stderr.write(_USAGE)
        return 2
    try:
        return asyncio.run(_run(Settings.load(), argv))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OperationalError as error:
        sys.stderr.write(f"The database cannot be reached: {error.orig}\n")
        return 1


async def _run(settings: Settings, words: Sequence[str]) -> int:
    engines = open_engines(settings.database_url, lane_slots=1, turn_deadline_s=settings.turn_deadline_s)
    try:
        async with engines.web.begin() as conn:
            if not words:
                return _list(await inbox.dead_rows(conn))
            ids = None if words == ["--all"] else [InboxId(int(word)) for word in words]
            done = await inbox.replay(conn, ids)
    finally:
        await engines.close()
    sys.stdout.write(f"{done} message(s) put back into their lanes.\n")
    return 0 if done else 1


def _list(rows: Sequence[inbox.DeadRow]) -> int:
    if not rows:
        sys.stdout.write("No dead messages.\n")
        return 0
    sys.stdout.write(f"{'id':>8}  {'received (UTC)':<20}{'door':<24}{'customer':<38}why\n")
    for row in rows:
        door = f"{row.connector}/{row.account}"
        customer = str(row.customer_id or "-")
        mark = "" if row.replayable else " (cannot be replayed)"
        why = f"{row.error or '?'}{mark}"
        sys.stdout.write(f"{row.id:>8}  {row.received_at:%Y-%m-%d %H:%M:%S} {door:<24}{customer:<38}{why}\n")
    return 0
