"""Procrastinate's tables, types and functions, for background jobs."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SCHEMA = Path(__file__).parent.parent / "procrastinate_3_10_0.sql"
_TABLES = ("events", "periodic_defers", "jobs", "workers")
_DROP_ROUTINES = """
do $$ declare one record; begin
    for one in select oid::regprocedure as name from pg_proc where proname like 'procrastinate\\_%' loop
        execute format('drop function %s cascade', one.name);
    end loop;
end $$
"""


def upgrade() -> None:
    # Many statements at once, with % and : in them: only the driver itself takes them as they are.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101 - for the type checker
    driver.execute(_SCHEMA.read_text("utf-8"))


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"drop table procrastinate_{table} cascade")
    op.execute(sa.text(_DROP_ROUTINES))
    op.execute("drop type procrastinate_job_to_defer_v1")
    op.execute("drop type procrastinate_job_status, procrastinate_job_event_type")
