"""The migrations make exactly the tables the code names."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from onethread.storage import migrate
from onethread.storage.engine import database_url as our_url
from onethread.storage.engine import open_engines
from onethread.storage.tables import metadata


def test_a_migrated_database_has_every_table_as_the_code_names_it(database_url: str) -> None:
    engine = create_engine(our_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": migrate.is_ours})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate.upgrade(database_url)


async def test_a_database_without_tables_is_not_current(database_url: str, postgres_url: str) -> None:
    for url, current in ((database_url, True), (postgres_url, False)):
        engines = open_engines(url, lane_slots=1, turn_deadline_s=10)
        async with engines.web.connect() as conn:
            assert await migrate.is_current(conn) is current
        await engines.close()


async def test_an_idle_lane_is_reaped_and_a_lock_is_not_waited_for_long(database_url: str) -> None:
    engines = open_engines(database_url, lane_slots=1, turn_deadline_s=10)
    async with engines.lanes.connect() as conn:
        shown = [
            (await conn.exec_driver_sql(f"show {name}")).scalar_one()
            for name in ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
        ]
    await engines.close()
    assert shown == ["15s", "2s", "5s"]
