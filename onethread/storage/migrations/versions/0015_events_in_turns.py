"""Keeps the events of a turn in its own row: a row for each cost a turn twenty, and twenty looks at keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_PLACES = 4096


def upgrade() -> None:
    """Gather the events into the turns, then drop their table."""
    op.add_column(
        "turns",
        sa.Column(
            "events",
            postgresql.JSONB,
            nullable=False,
            server_default=sa.text("'[]'::jsonb"),
            comment="the turn's part of the tracker, in Rasa's own event format and order",
        ),
    )
    op.execute("""
        update turns t set events = e.events
        from (select customer_id, turn_number, jsonb_agg(event order by seq) as events
                from tracker_events group by customer_id, turn_number) e
        where e.customer_id = t.customer_id and e.turn_number = t.number
    """)
    op.drop_table("tracker_events")


def downgrade() -> None:
    """A row for each event again."""
    op.create_table(
        "tracker_events",
        sa.Column("customer_id", sa.Uuid, sa.ForeignKey("customers.id"), primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("turn_number", sa.BigInteger, nullable=False),
        sa.Column("event", postgresql.JSONB, nullable=False),
        sa.Index("ix_tracker_events_turn", "customer_id", "turn_number"),
    )
    op.execute(f"""
        insert into tracker_events (customer_id, seq, turn_number, event)
        select t.customer_id, t.number * {_PLACES} + e.place - 1, t.number, e.event
        from turns t cross join jsonb_array_elements(t.events) with ordinality as e(event, place)
    """)  # noqa: S608
    op.drop_column("turns", "events")
