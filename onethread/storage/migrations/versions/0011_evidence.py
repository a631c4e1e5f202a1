"""What people show to be known as one customer: redeemed links, one-time codes, logins of the shop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NOW = sa.func.now()


def _time(name: str, *, now: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=_NOW if now else None)


def _address(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey("addresses.id"), nullable=nullable, comment=comment)


def upgrade() -> None:
    op.create_table(
        "continuations",
        sa.Column("nonce", sa.LargeBinary, primary_key=True),
        _address("from_address_id"),
        _address("to_address_id"),
        sa.Column("answer", sa.Text, comment="null: not answered"),
        _time("asked_at"),
        sa.CheckConstraint("answer in ('yes', 'no')", name="answer"),
    )
    op.create_index("ix_continuations_to_address_id", "continuations", ["to_address_id"])
    op.create_table(
        "codes",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        _address("asker_id"),
        sa.Column(
            "number_digest", sa.LargeBinary, comment="of the number that was typed; null: asked for it"
        ),
        _address("target_id", nullable=True, comment="null: nobody writes from there"),
        sa.Column("code_digest", sa.LargeBinary, comment="null: not sent"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("status", sa.Text, nullable=False, server_default="wanted"),
        sa.Column(
            "message_id",
            sa.Uuid,
            sa.ForeignKey("messages.id"),
            comment="whose outbox parts hold the code",
        ),
        _time("asked_at"),
        sa.CheckConstraint("status in ('wanted', 'asked', 'right', 'over')", name="status"),
    )
    op.create_index("ix_codes_asker_id", "codes", ["asker_id", "asked_at"])
    op.create_index("ix_codes_number_digest", "codes", ["number_digest", "asked_at"])
    op.create_index("ix_codes_asked_at", "codes", ["asked_at"])
    op.create_table(
        "logins",
        sa.Column("connector", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("address_key", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False, comment="the shop's own id of the person"),
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("email", sa.Text, comment="verified, says the shop"),
        sa.Column("phone", sa.Text, comment="verified, says the shop"),
        _time("at"),
    )
    op.create_index("ix_logins_subject", "logins", ["subject"])
    op.create_table(
        "login_tokens",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("address_key", sa.Text, nullable=False),
        _time("expires_at", now=False),
    )
    op.create_index("ix_login_tokens_expires_at", "login_tokens", ["expires_at"])


def downgrade() -> None:
    for table in ("login_tokens", "logins", "codes", "continuations"):
        op.drop_table(table)
