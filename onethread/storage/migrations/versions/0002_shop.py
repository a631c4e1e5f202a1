"""The demo shop, in its own schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATES = (
    "'placed', 'payment_failed', 'paid', 'packed', 'shipped', 'delayed', 'out_for_delivery',"
    " 'delivered', 'lost', 'cancelled', 'returned', 'refunded'"
)


def upgrade() -> None:
    op.execute("create schema if not exists shop")
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True, comment="E.164"),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_customers_email_lower")),
        sa.CheckConstraint("phone ~ '^[+][1-9][0-9]{6,14}$'", name=op.f("ck_customers_phone_e164")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("email", name=op.f("uq_customers_email")),
        sa.UniqueConstraint("phone", name=op.f("uq_customers_phone")),
        schema="shop",
    )
    op.create_table(
        "orders",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("total", sa.Numeric(10, 2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint(f"state in ({_STATES})", name=op.f("ck_orders_state")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["shop.customers.id"], name=op.f("fk_orders_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_orders")),
        schema="shop",
    )
    op.create_index("ix_orders_customer_id", "orders", ["customer_id", "placed_at"], schema="shop")
    op.create_table(
        "items",
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "price", sa.Numeric(10, 2), nullable=False, comment="of one piece, in the order's currency"
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_items_quantity")),
        sa.ForeignKeyConstraint(
            ["order_number"], ["shop.orders.number"], name=op.f("fk_items_order_number_orders")
        ),
        sa.PrimaryKeyConstraint("order_number", "line", name=op.f("pk_items")),
        schema="shop",
    )
    op.create_table(
        "parcels",
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("shipped_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_number"], ["shop.orders.number"], name=op.f("fk_parcels_order_number_orders")
        ),
        sa.PrimaryKeyConstraint("tracking_number", name=op.f("pk_parcels")),
        schema="shop",
    )
    op.create_index("ix_parcels_order_number", "parcels", ["order_number"], schema="shop")
    op.create_table(
        "requests",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_number"], ["shop.orders.number"], name=op.f("fk_requests_order_number_orders")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_requests")),
        schema="shop",
    )
    op.create_index("ix_requests_order_number", "requests", ["order_number"], schema="shop")
    op.create_table(
        "seeding",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("anchor", sa.Date(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_seeding_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_seeding")),
        schema="shop",
    )


def downgrade() -> None:
    for table in ("seeding", "requests", "parcels", "items", "orders", "customers"):
        op.drop_table(table, schema="shop")
    op.execute("drop schema shop")
