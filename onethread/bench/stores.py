"""The stores a measurement runs on: real servers of its own, gone afterwards, and durable or not used."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from onethread.storage import migrate
from onethread.supervisor.postgres import EmbeddedPostgres
from onethread.supervisor.valkey import EmbeddedValkey

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


class NotDurable(RuntimeError):
    """This Postgres may lose what it acknowledged; figures taken with it would mean nothing."""


@contextmanager
def open_postgres(folder: Path) -> Iterator[str]:
    """The URL of a running and migrated database; `folder` is made for it and gone afterwards."""
    server = EmbeddedPostgres(folder)
    url = server.start()
    try:
        migrate.upgrade(url)
        yield url
    finally:
        server.destroy()


@contextmanager
def open_valkey(folder: Path) -> Iterator[str]:
    """The URL of a running, empty Valkey with its settings in `folder`."""
    server = EmbeddedValkey(folder)
    url = server.start()
    try:
        yield url
    finally:
        server.stop()


def read_durability(url: str) -> dict[str, str]:
    """The settings that decide whether a commit survives a crash.

    Raises:
        NotDurable: one of them is off.
    """
    with psycopg.connect(url) as connection:
        read = {name: str(_show(connection, name)) for name in DURABLE}
    if "off" in read.values():
        raise NotDurable(f"Postgres runs with {read}; turn them on to measure.")
    return read


def postmaster(database: str) -> int:
    """The process id of the server: what every backend was started by."""
    with psycopg.connect(database) as conn:
        row = conn.execute("select (string_to_array(pg_read_file('postmaster.pid'), chr(10)))[1]").fetchone()
    return int(row[0]) if row else 0


def _show(connection: psycopg.Connection[tuple[object, ...]], name: str) -> object:
    row = connection.execute("select current_setting(%s)", (name,)).fetchone()
    return row[0] if row else "off"
