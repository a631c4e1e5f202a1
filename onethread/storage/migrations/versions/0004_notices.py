"""What is nobody's message is found without reading every message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_inbox_nobodys", "inbox", ["id"], postgresql_where=sa.text("address_key = ''"))


def downgrade() -> None:
    op.drop_index("ix_inbox_nobodys", "inbox")
