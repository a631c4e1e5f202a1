"""Finds receipts that wait in the order they came, however many were applied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WAITING = sa.text("not applied")


def upgrade() -> None:
    """Order the index of what waits by time in place of the ids, which nobody looks up there."""
    op.drop_index("ix_receipts_parked", "receipts")
    op.create_index("ix_receipts_parked", "receipts", ["id"], postgresql_where=_WAITING)


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_receipts_parked", "receipts")
    op.create_index(
        "ix_receipts_parked", "receipts", ["oid", "provider_message_id"], postgresql_where=_WAITING
    )
