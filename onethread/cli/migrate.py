"""`onethread migrate`: brings the database to the newest revision."""

from __future__ import annotations

import sys

from sqlalchemy.exc import OperationalError

from onethread.settings import Settings
from onethread.storage import migrate


def main(argv: list[str]) -> int:
    """Apply what is missing. 0: the database is current; 1: it cannot be reached; 2: wrong use."""
    if argv:
        sys.stderr.write("usage: onethread migrate\n")
        return 2
    try:
        migrate.upgrade(Settings.load().database_url)
    except OperationalError as error:
        sys.stderr.write(f"The database cannot be reached: {error.orig}\n")
        return 1
    sys.stdout.write(f"The database is at revision {migrate.newest()}.\n")
    return 0
