"""One person on several channels: links, merged customers, and where everything came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None

_EVIDENCE = "'phone', 'platform', 'contact', 'deep_link', 'login', 'code', 'desk'"
# The turn of a message tells which address the turn was taken for.
_ADDRESS_OF_TURNS = """
    update turns t set address_id = i.address_id from inbox i
     where i.turn_id = t.id and i.address_id is not null
"""


def upgrade() -> None:
    _customers()
    _addresses()
    _links()
    op.add_column(
        "threads",
        sa.Column(
            "merged",
            sa.Boolean,
            nullable=False,
            server_default=sa.text("false"),
            comment="nothing is appended here now",
        ),
    )
    _messages()
    op.add_column("turns", _reference("address_id", "addresses", comment="where the customer wrote from"))
    op.execute(_ADDRESS_OF_TURNS)
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        _time("created_at", now=True),
        _time("last_used_at"),
        _time("revoked_at"),
    )


def _customers() -> None:
    op.add_column("customers", _reference("merged_into", "customers", comment="null: lives"))
    op.add_column("customers", _time("fresh_after"))
    op.add_column(
        "customers",
        sa.Column(
            "carry",
            JSONB,
            comment="slots and version for the session that starts after fresh_after",
        ),
    )
    op.create_index(
        "ix_customers_merged_into",
        "customers",
        ["merged_into"],
        postgresql_where=sa.text("merged_into is not null"),
    )


def _addresses() -> None:
    for name in ("valid_from", "valid_to", "moved_at"):
        op.add_column("addresses", _time(name))
    op.add_column(
        "addresses",
        sa.Column(
            "attributes",
            JSONB,
            nullable=False,
            server_default="{}",
            comment="other names; platform-attested",
        ),
    )
    op.drop_constraint(op.f("uq_addresses_connector_account_key"), "addresses")
    op.create_index(
        "uq_addresses_living",
        "addresses",
        ["connector", "account", "key"],
        unique=True,
        postgresql_where=sa.text("valid_to is null"),
    )
    op.create_index(
        "ix_addresses_phone",
        "addresses",
        ["phone"],
        postgresql_where=sa.text("phone is not null and valid_to is null"),
    )
    op.create_index(
        "ix_addresses_user_id",
        "addresses",
        [sa.text("(attributes ->> 'user_id'::text)")],
        postgresql_where=sa.text("valid_to is null"),
    )


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column(
            "address_id",
            sa.Uuid,
            sa.ForeignKey("addresses.id"),
            nullable=False,
            comment="the one that moved",
        ),
        _reference("other_address_id", "addresses", comment="the one it was linked with"),
        _reference("customer_id", "customers", comment="whose it became"),
        _reference(
            "from_customer_id",
            "customers",
            comment="whose it was; null: the address was new; the same as customer_id: nothing moved",
        ),
        _reference("via", "links", comment="the link that took this address along"),
        sa.Column("trust", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column(
            "detail",
            JSONB,
            nullable=False,
            server_default="{}",
            comment="no secrets, no numbers",
        ),
        sa.Column("status", sa.Text, nullable=False, server_default="asked"),
        _time("asked_at", now=True),
        _time("done_at"),
        _time("undone_at"),
        _reference("undone_by", "agents"),
        sa.Column("reason", sa.Text, comment="why it was refused or undone, for people"),
        sa.CheckConstraint("trust in ('claimed', 'attested', 'proved')", name="trust"),
        sa.CheckConstraint(f"evidence in ({_EVIDENCE})", name="evidence"),
        sa.CheckConstraint("status in ('asked', 'proposed', 'done', 'refused', 'undone')", name="status"),
    )
    for name in ("address_id", "other_address_id", "customer_id"):
        op.create_index(f"ix_links_{name}", "links", [name])
    op.create_index("ix_links_via", "links", ["via"], postgresql_where=sa.text("via is not null"))


def _messages() -> None:
    op.add_column(
        "messages",
        _reference("home_customer_id", "customers", comment="whose thread it was first written to"),
    )
    op.add_column(
        "messages",
        sa.Column("home_seq", sa.BigInteger, comment="its number there; buttons are named after it"),
    )
    op.create_index(
        "ix_messages_home",
        "messages",
        ["customer_id", "home_seq"],
        postgresql_where=sa.text("home_seq is not null"),
    )


def _time(name: str, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not now,
        server_default=sa.func.now() if now else None,
    )


def _reference(name: str, table: str, *, comment: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{table}.id"), comment=comment)


def downgrade() -> None:
    op.drop_table("api_tokens")
    op.drop_column("turns", "address_id")
    op.drop_index("ix_messages_home", "messages")
    for name in ("home_seq", "home_customer_id"):
        op.drop_column("messages", name)
    op.drop_column("threads", "merged")
    op.drop_table("links")
    for index in ("ix_addresses_user_id", "ix_addresses_phone", "uq_addresses_living"):
        op.drop_index(index, "addresses")
    for name in ("attributes", "moved_at", "valid_to", "valid_from"):
        op.drop_column("addresses", name)
    living = op.f("uq_addresses_connector_account_key")
    op.create_unique_constraint(living, "addresses", ["connector", "account", "key"])
    for name in ("carry", "fresh_after", "merged_into"):
        op.drop_column("customers", name)
