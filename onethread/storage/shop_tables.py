"""Tables of the demo shop, in their own schema: a stand-in for a shop the house does not own."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    func,
)

shop_metadata = MetaData(
    schema="shop",
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
)

STATES = (
    "placed",
    "payment_failed",
    "paid",
    "packed",
    "shipped",
    "delayed",
    "out_for_delivery",
    "delivered",
    "lost",
    "cancelled",
    "returned",
    "refunded",
)

customers = Table(
    "customers",
    shop_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("phone", Text, unique=True, comment="E.164"),
    CheckConstraint("email = lower(email)", name="email_lower"),
    CheckConstraint("phone ~ '^[+][1-9][0-9]{6,14}$'", name="phone_e164"),
)

orders = Table(
    "orders",
    shop_metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("customer_id", Integer, ForeignKey("customers.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("state_since", DateTime(timezone=True), nullable=False),
    Column("placed_at", DateTime(timezone=True), nullable=False),
    Column("expected_on", Date, nullable=False),
    Column("total", Numeric(10, 2), nullable=False),
    Column("currency", Text, nullable=False),
    CheckConstraint(f"state in ({', '.join(repr(state) for state in STATES)})", name="state"),
    Index("ix_orders_customer_id", "customer_id", "placed_at"),
)

items = Table(
    "items",
    shop_metadata,
    Column("order_number", Integer, ForeignKey("orders.number"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("sku", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price", Numeric(10, 2), nullable=False, comment="of one piece, in the order's currency"),
    CheckConstraint("quantity > 0", name="quantity"),
)

parcels = Table(
    "parcels",
    shop_metadata,
    Column("tracking_number", Text, primary_key=True),
    Column("order_number", Integer, ForeignKey("orders.number"), nullable=False),
    Column("carrier", Text, nullable=False),
    Column("shipped_on", Date, nullable=False),
    Column("expected_on", Date, nullable=False),
    Column("delivered_on", Date),
    Index("ix_parcels_order_number", "order_number"),
)

requests = Table(
    "requests",
    shop_metadata,
    # What the assistant asked of the shop, once per key, and what the shop said.
    Column("key", Text, primary_key=True),
    Column("effect", Text, nullable=False),
    Column("order_number", Integer, ForeignKey("orders.number"), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("granted", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_requests_order_number", "order_number"),
)

seeding = Table(
    "seeding",
    shop_metadata,
    # One row: the day the demo dates were last made relative to.
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("anchor", Date, nullable=False),
    CheckConstraint("one = 1", name="one"),
)
