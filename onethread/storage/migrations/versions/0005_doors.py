"""Files, the window of a platform, job cursors, and sends that wait for the customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATUSES = "'queued','held','sending','unknown','sent','delivered','read','failed','suppressed'"
_PURPOSES = "'reply','agent','apology','notice','consent','reopening'"


def upgrade() -> None:
    op.add_column("addresses", sa.Column("heard_at", sa.DateTime(timezone=True)))
    op.execute(
        "update addresses a set heard_at = "
        "(select max(m.created_at) from messages m where m.address_id = a.id and m.direction = 'in')"
    )
    op.add_column(
        "outbox",
        sa.Column(
            "sent_again",
            sa.Boolean,
            nullable=False,
            server_default=sa.text("false"),
            comment="after a failed receipt",
        ),
    )
    op.create_index("ix_outbox_held", "outbox", ["address_id"], postgresql_where=sa.text("status = 'held'"))
    op.drop_constraint(op.f("ck_outbox_status"), "outbox")
    op.create_check_constraint(op.f("ck_outbox_status"), "outbox", f"status in ({_STATUSES})")
    op.drop_constraint(op.f("ck_outbox_purpose"), "outbox")
    op.create_check_constraint(op.f("ck_outbox_purpose"), "outbox", f"purpose in ({_PURPOSES})")
    op.create_table(
        "cursors",
        sa.Column("connector", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("job", sa.Text, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    _create_media()


def _create_media() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("connector", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("inbox_id", sa.BigInteger, sa.ForeignKey("inbox.id"), comment="the message it came with"),
        sa.Column("place", sa.Integer, nullable=False, server_default="0", comment="0, 1 .. in that message"),
        sa.Column(
            "customer_id", sa.Uuid, sa.ForeignKey("customers.id"), comment="known once it is in a thread"
        ),
        sa.Column("agent_id", sa.Uuid, sa.ForeignKey("agents.id"), comment="who attached it at the desk"),
        sa.Column("ref", sa.Text, nullable=False, server_default="", comment="the platform's handle"),
        sa.Column("file_name", sa.Text, nullable=False, server_default=""),
        sa.Column(
            "content_type",
            sa.Text,
            nullable=False,
            server_default="",
            comment="found in the bytes once stored",
        ),
        sa.Column("size", sa.BigInteger, comment="bytes"),
        sa.Column("sha256", sa.LargeBinary),
        sa.Column("status", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("reason", sa.Text, comment="why it is refused or failed, for people"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("stored_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("inbox_id", "place"),
        sa.CheckConstraint("direction in ('in', 'out')", name="direction"),
        sa.CheckConstraint("status in ('waiting', 'stored', 'refused', 'failed', 'gone')", name="status"),
    )
    op.create_index("ix_media_customer_id", "media", ["customer_id"])
    op.create_index(
        "ix_media_stored_at", "media", ["stored_at"], postgresql_where=sa.text("status = 'stored'")
    )


def downgrade() -> None:
    op.drop_table("media")
    op.drop_table("cursors")
    op.drop_index("ix_outbox_held", "outbox")
    op.drop_column("outbox", "sent_again")
    op.drop_column("addresses", "heard_at")
