"""A language a customer asked for is told from one he was only seen to write."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark; every language known so far was asked for."""
    op.add_column(
        "customers",
        sa.Column(
            "language_asked",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="asked for in words: it stays until another is asked for",
        ),
    )
    op.execute("update customers set language_asked = true where language is not null")


def downgrade() -> None:
    """Take it away."""
    op.drop_column("customers", "language_asked")
