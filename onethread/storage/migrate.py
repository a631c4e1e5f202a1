"""Brings a database to the newest revision, and tells whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from onethread.storage.engine import database_url

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x0E17_4EAD


def config(url: str) -> Config:
    """Alembic's settings without its ini file."""
    made = Config()
    made.set_main_option("script_location", str(_FOLDER))
    made.attributes["url"] = database_url(url)
    return made


def upgrade(url: str) -> None:
    """Apply every missing revision; several processes may call it at once. Blocking."""
    engine = create_engine(database_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
            settings = config(url)
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
            connection.commit()
    finally:
        engine.dispose()


def is_ours(name: str | None, kind: str, _parents: object = None) -> bool:
    """Whether a table is one that `tables.py` names; procrastinate looks after its own."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


def newest() -> str:
    """The revision this code needs."""
    head = ScriptDirectory(str(_FOLDER)).get_current_head()
    if head is None:  # pragma: no cover - the first revision is part of the code
        raise RuntimeError("no migration found")
    return head


async def is_current(conn: AsyncConnection) -> bool:
    """Whether the database is at the newest revision."""
    return await conn.run_sync(
        lambda sync: MigrationContext.configure(sync).get_current_revision() == newest()
    )
