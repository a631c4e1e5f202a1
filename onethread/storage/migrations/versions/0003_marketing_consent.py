"""The ledger of consent tells what a wish covers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "consent_events",
        sa.Column(
            "scope", sa.Text(), server_default="all", nullable=False, comment="all, or marketing alone"
        ),
    )
    op.create_check_constraint(
        op.f("ck_consent_events_scope"), "consent_events", "scope in ('all', 'marketing')"
    )


def downgrade() -> None:
    op.drop_column("consent_events", "scope")
