"""The tables of the walk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="agent", nullable=False),
        sa.Column(
            "password_hash",
            sa.Text(),
            nullable=True,
            comment="argon2id; null until the one-time link is used",
        ),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role in ('viewer', 'agent', 'supervisor', 'admin')", name=op.f("ck_agents_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("email", name=op.f("uq_agents_email")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "body_keys",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False, comment="wrapped by ONETHREAD_SECRET_KEY"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_body_keys")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), nullable=True, comment="chosen or recognised; null: the default"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_table(
        "lanes",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_lanes")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("provider_message_id", sa.Text(), server_default="", nullable=False),
        sa.Column("oid", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_action", sa.Text(), nullable=True),
        sa.Column("applied", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "connector",
            "account",
            "provider_message_id",
            "oid",
            "status",
            name=op.f("uq_receipts_connector_account_provider_message_id_oid_status"),
        ),
    )
    op.create_index(
        "ix_receipts_parked",
        "receipts",
        ["oid", "provider_message_id"],
        unique=False,
        postgresql_where=sa.text("not applied"),
    )
    op.create_table(
        "webchat_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_webchat_sessions")),
        sa.UniqueConstraint("address_key", name=op.f("uq_webchat_sessions_address_key")),
    )
    op.create_table(
        "webhook_bodies",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key_day", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="encrypted with the key of that day"),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_bodies")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True, comment="E.164, attested by the platform; never typed"),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undeliverable", sa.Text(), nullable=True, comment="why sends are held back, for people"),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_addresses_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("connector", "account", "key", name=op.f("uq_addresses_connector_account_key")),
    )
    op.create_index("ix_addresses_customer_id", "addresses", ["customer_id"], unique=False)
    op.create_table(
        "agent_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_sessions_agent_id_agents")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_agent_sessions")),
    )
    op.create_table(
        "conversations",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="bot", nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why a person is needed"),
        sa.Column("owner_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(owner = 'agent') = (agent_id is not null)", name=op.f("ck_conversations_agent")),
        sa.CheckConstraint("owner in ('bot', 'queue', 'agent')", name=op.f("ck_conversations_owner")),
        sa.CheckConstraint("status in ('open', 'snoozed', 'resolved')", name=op.f("ck_conversations_status")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_conversations_agent_id_agents")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_conversations_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_conversations")),
    )
    op.create_index(
        "ix_conversations_waiting",
        "conversations",
        ["owner_since"],
        unique=False,
        postgresql_where=sa.text("owner <> 'bot'"),
    )
    op.create_table(
        "one_time_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True, comment="null: makes the first administrator"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_one_time_links_agent_id_agents")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_links")),
    )
    op.create_table(
        "threads",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_threads_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_threads")),
    )
    op.create_table(
        "tracker_events",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="order only: turn number * 4096 + place"),
        sa.Column("turn_number", sa.BigInteger(), nullable=False),
        sa.Column(
            "event",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Rasa's own event format",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_tracker_events_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("customer_id", "seq", name=op.f("pk_tracker_events")),
    )
    op.create_index("ix_tracker_events_turn", "tracker_events", ["customer_id", "turn_number"], unique=False)
    op.create_table(
        "turns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="1, 2, 3 .. per customer"),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what the window rule needs of this turn",
        ),
        sa.Column(
            "state",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="slots, loop and last action after it",
        ),
        sa.Column(
            "parse",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="intent, confidence, ranking; no text",
        ),
        sa.Column("session_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_turns_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sa.UniqueConstraint("customer_id", "number", name=op.f("uq_turns_customer_id_number")),
    )
    op.create_table(
        "effects",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="asked", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('asked', 'done', 'refused', 'failed')", name=op.f("ck_effects_status")
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_effects_address_id_addresses")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_effects_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effects")),
        sa.UniqueConstraint("turn_id", "place", name=op.f("uq_effects_turn_id_place")),
    )
    op.create_index(
        "ix_effects_asked", "effects", ["due_at"], unique=False, postgresql_where=sa.text("status = 'asked'")
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("provider_message_id", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=True, comment="filled when resolved"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False, comment="card numbers masked"),
        sa.Column("tap", sa.Text(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("provider_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("failed_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "apologised",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="an apology was said and the message stands in the thread; it is not an answer",
        ),
        sa.Column("turn_id", sa.Uuid(), nullable=True, comment="the one finished turn that answered it"),
        sa.Column("error", sa.Text(), nullable=True, comment="why it is dead; no customer text"),
        sa.CheckConstraint("status in ('pending', 'done', 'dead')", name=op.f("ck_inbox_status")),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_inbox_address_id_addresses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "connector",
            "account",
            "provider_message_id",
            name=op.f("uq_inbox_connector_account_provider_message_id"),
        ),
    )
    op.create_index(
        "ix_inbox_address_id",
        "inbox",
        ["address_id"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_inbox_dead", "inbox", ["id"], unique=False, postgresql_where=sa.text("status = 'dead'")
    )
    op.create_index(
        "ix_inbox_pending", "inbox", ["id"], unique=False, postgresql_where=sa.text("status = 'pending'")
    )
    op.create_table(
        "consent_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("action in ('stop', 'start')", name=op.f("ck_consent_events_action")),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_consent_events_address_id_addresses")
        ),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_consent_events_inbox_id_inbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_events")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("address_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="text", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=True),
        sa.Column("turn_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True, comment="the desk's own id of one press of send"),
        sa.CheckConstraint(
            "author in ('customer', 'bot', 'agent', 'house')", name=op.f("ck_messages_author")
        ),
        sa.CheckConstraint("direction in ('in', 'out', 'note')", name=op.f("ck_messages_direction")),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_messages_address_id_addresses")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_messages_agent_id_agents")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_messages_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_messages_inbox_id_inbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("customer_id", "seq", name=op.f("uq_messages_customer_id_seq")),
        sa.UniqueConstraint("inbox_id", name=op.f("uq_messages_inbox_id")),
        sa.UniqueConstraint("request_id", name=op.f("uq_messages_request_id")),
    )
    op.create_index("ix_messages_address_id", "messages", ["address_id", "seq"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("turn_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), server_default="reply", nullable=False),
        sa.Column(
            "part",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="one platform request, rendered",
        ),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_message_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "purpose in ('reply','agent','apology','notice','consent')", name=op.f("ck_outbox_purpose")
        ),
        sa.CheckConstraint(
            "status in ('queued','sending','unknown','sent','delivered','read','failed','suppressed')",
            name=op.f("ck_outbox_status"),
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_outbox_address_id_addresses")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_outbox_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_outbox_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("oid", name=op.f("uq_outbox_oid")),
    )
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"], unique=False)
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["address_id", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('queued', 'sending')"),
    )
    op.create_index("ix_outbox_provider", "outbox", ["provider_message_id"], unique=False)
    op.create_index(
        "ix_outbox_unknown",
        "outbox",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'unknown'"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_unknown", table_name="outbox", postgresql_where=sa.text("status = 'unknown'"))
    op.drop_index("ix_outbox_provider", table_name="outbox")
    op.drop_index(
        "ix_outbox_open", table_name="outbox", postgresql_where=sa.text("status in ('queued', 'sending')")
    )
    op.drop_index("ix_outbox_message_id", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_messages_address_id", table_name="messages")
    op.drop_table("messages")
    op.drop_table("consent_events")
    op.drop_index("ix_inbox_pending", table_name="inbox", postgresql_where=sa.text("status = 'pending'"))
    op.drop_index("ix_inbox_dead", table_name="inbox", postgresql_where=sa.text("status = 'dead'"))
    op.drop_index("ix_inbox_address_id", table_name="inbox", postgresql_where=sa.text("status = 'pending'"))
    op.drop_table("inbox")
    op.drop_index("ix_effects_asked", table_name="effects", postgresql_where=sa.text("status = 'asked'"))
    op.drop_table("effects")
    op.drop_table("turns")
    op.drop_index("ix_tracker_events_turn", table_name="tracker_events")
    op.drop_table("tracker_events")
    op.drop_table("threads")
    op.drop_table("one_time_links")
    op.drop_index(
        "ix_conversations_waiting", table_name="conversations", postgresql_where=sa.text("owner <> 'bot'")
    )
    op.drop_table("conversations")
    op.drop_table("agent_sessions")
    op.drop_index("ix_addresses_customer_id", table_name="addresses")
    op.drop_table("addresses")
    op.drop_table("webhook_bodies")
    op.drop_table("webchat_sessions")
    op.drop_index("ix_receipts_parked", table_name="receipts", postgresql_where=sa.text("not applied"))
    op.drop_table("receipts")
    op.drop_table("lanes")
    op.drop_table("customers")
    op.drop_table("body_keys")
    op.drop_table("audit")
    op.drop_table("agents")
