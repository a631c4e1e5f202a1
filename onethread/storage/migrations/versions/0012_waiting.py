"""Finds what waits from one address however much waits from others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["connector", "account", "address_key", "id"],
        postgresql_where=sa.text("status = 'pending'"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_inbox_waiting", "inbox")
