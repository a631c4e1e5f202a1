"""Every table of the house (SQLAlchemy Core). Unique constraints carry the invariants; times are UTC."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_NEW_ID = text("uuidv7()")
_NOW = func.now()


def _time(name: str, *, nullable: bool = True, now: bool = False) -> Column[object]:
    return Column(
        name,
        DateTime(timezone=True),
        nullable=nullable and not now,
        server_default=_NOW if now else None,
    )


# -- who ---------------------------------------------------------------------------------------

customers = Table(
    "customers",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("display_name", Text, nullable=False, server_default=""),
    Column("language", Text, comment="chosen or recognised; null: the default"),
    _time("created_at", now=True),
    Column("merged_into", Uuid, ForeignKey("customers.id"), comment="null: lives"),
    _time("fresh_after"),
    Column("carry", JSONB, comment="slots and version for the session that starts after fresh_after"),
    Column(
        "language_asked",
        Boolean,
        nullable=False,
        server_default="false",
        comment="asked for in words: it stays until another is asked for",
    ),
    Index("ix_customers_merged_into", "merged_into", postgresql_where=text("merged_into is not null")),
)

addresses = Table(
    "addresses",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("customer_id", Uuid, ForeignKey("customers.id"), nullable=False),
    Column("connector", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("phone", Text, comment="E.164, attested by the platform; never typed"),
    Column("display_name", Text, nullable=False, server_default=""),
    _time("opted_out_at"),
    Column("undeliverable", Text, comment="why sends are held back, for people"),
    _time("disclosed_at"),
    _time("heard_at"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    _time("valid_from"),
    _time("valid_to"),
    Column(
        "attributes", JSONB, nullable=False, server_default="{}", comment="other names; platform-attested"
    ),
    _time("moved_at"),
    # One living address a key: a recycled number leaves its old row to the old person's history.
    Index(
        "uq_addresses_living",
        "connector",
        "account",
        "key",
        unique=True,
        postgresql_where=text("valid_to is null"),
    ),
    Index("ix_addresses_customer_id", "customer_id"),
    Index("ix_addresses_phone", "phone", postgresql_where=text("phone is not null and valid_to is null")),
    Index(
        "ix_addresses_user_id",
        text("(attributes ->> 'user_id'::text)"),
        postgresql_where=text("valid_to is null"),
    ),
)

links = Table(
    "links",
    metadata,
    # Why an address is a customer's: asked by a turn, a route or a person, carried out and undone by a job.
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("address_id", Uuid, ForeignKey("addresses.id"), nullable=False, comment="the one that moved"),
    Column("other_address_id", Uuid, ForeignKey("addresses.id"), comment="the one it was linked with"),
    Column("customer_id", Uuid, ForeignKey("customers.id"), comment="whose it became"),
    Column(
        "from_customer_id",
        Uuid,
        ForeignKey("customers.id"),
        comment="whose it was; null: the address was new; the same as customer_id: nothing moved",
    ),
    Column("via", Uuid, ForeignKey("links.id"), comment="the link that took this address along"),
    Column("trust", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("detail", JSONB, nullable=False, server_default="{}", comment="no secrets, no numbers"),
    Column("status", Text, nullable=False, server_default="asked"),
    _time("asked_at", now=True),
    _time("done_at"),
    _time("undone_at"),
    Column("undone_by", Uuid, ForeignKey("agents.id")),
    Column("reason", Text, comment="why it was refused or undone, for people"),
    CheckConstraint("trust in ('claimed', 'attested', 'proved')", name="trust"),
    CheckConstraint(
        "evidence in ('phone', 'platform', 'contact', 'deep_link', 'login', 'code', 'desk')", name="evidence"
    ),
    CheckConstraint("status in ('asked', 'proposed', 'done', 'refused', 'undone')", name="status"),
    Index("ix_links_address_id", "address_id"),
    Index("ix_links_other_address_id", "other_address_id"),
    Index("ix_links_customer_id", "customer_id"),
    Index("ix_links_via", "via", postgresql_where=text("via is not null")),
)

lanes = Table(
    "lanes",
    metadata,
    # No foreign key leads here and only workers write: a webhook or a desk note never waits for a turn.
    Column("customer_id", Uuid, primary_key=True),
)

# -- what came in ------------------------------------------------------------------------------

webhook_bodies = Table(
    "webhook_bodies",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("key_day", Date, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="encrypted with the key of that day"),
    _time("received_at", now=True),
)

body_keys = Table(
    "body_keys",
    metadata,
    Column("day", Date, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False, comment="wrapped by ONETHREAD_SECRET_KEY"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("connector", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("provider_message_id", Text, nullable=False),
    Column("address_key", Text, nullable=False),
    Column("address_id", Uuid, ForeignKey("addresses.id"), comment="filled when resolved"),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False, server_default="", comment="card numbers masked"),
    Column("tap", Text),
    Column("content", JSONB, nullable=False, server_default="{}"),
    Column("consent", Text),
    Column("body_id", Uuid),
    _time("provider_time"),
    _time("received_at", now=True),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _time("due_at", now=True),
    _time("failed_since"),
    Column(
        "apologised",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="an apology was said and the message stands in the thread; it is not an answer",
    ),
    Column("turn_id", Uuid, comment="the one finished turn that answered it"),
    Column("error", Text, comment="why it is dead; no customer text"),
    UniqueConstraint("connector", "account", "provider_message_id"),
    CheckConstraint("status in ('pending', 'done', 'dead')", name="status"),
    Index("ix_inbox_pending", "id", postgresql_where=text("status = 'pending'")),
    Index(
        "ix_inbox_waiting",
        "connector",
        "account",
        "address_key",
        "id",
        postgresql_where=text("status = 'pending'"),
    ),
    Index("ix_inbox_address_id", "address_id", postgresql_where=text("status = 'pending'")),
    Index("ix_inbox_dead", "id", postgresql_where=text("status = 'dead'")),
    Index("ix_inbox_nobodys", "id", postgresql_where=text("address_key = ''")),
)

# -- the conversation --------------------------------------------------------------------------

conversations = Table(
    "conversations",
    metadata,
    Column("customer_id", Uuid, ForeignKey("customers.id"), primary_key=True),
    Column("owner", Text, nullable=False, server_default="bot"),
    Column("agent_id", Uuid, ForeignKey("agents.id")),
    Column("status", Text, nullable=False, server_default="open"),
    Column("reason", Text, comment="why a person is needed"),
    _time("owner_since", now=True),
    CheckConstraint("owner in ('bot', 'queue', 'agent')", name="owner"),
    CheckConstraint("status in ('open', 'snoozed', 'resolved')", name="status"),
    CheckConstraint("(owner = 'agent') = (agent_id is not null)", name="agent"),
    Index("ix_conversations_waiting", "owner_since", postgresql_where=text("owner <> 'bot'")),
)

threads = Table(
    "threads",
    metadata,
    # The counter of a thread: bumped in the last statement before a commit, so numbers follow commits.
    Column("customer_id", Uuid, ForeignKey("customers.id"), primary_key=True),
    Column("last_seq", BigInteger, nullable=False, server_default="0"),
    Column(
        "merged",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="nothing is appended here now",
    ),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("customer_id", Uuid, ForeignKey("customers.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("direction", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("agent_id", Uuid, ForeignKey("agents.id")),
    Column("address_id", Uuid, ForeignKey("addresses.id")),
    Column("channel", Text),
    Column("kind", Text, nullable=False, server_default="text"),
    Column("text", Text, nullable=False, server_default=""),
    Column("content", JSONB, nullable=False, server_default="{}"),
    Column("inbox_id", BigInteger, ForeignKey("inbox.id")),
    Column("turn_id", Uuid),
    _time("created_at", now=True),
    Column("request_id", Uuid, comment="the desk's own id of one press of send"),
    Column(
        "home_customer_id", Uuid, ForeignKey("customers.id"), comment="whose thread it was first written to"
    ),
    Column("home_seq", BigInteger, comment="its number there; buttons are named after it"),
    UniqueConstraint("customer_id", "seq"),
    UniqueConstraint("inbox_id"),
    UniqueConstraint("request_id"),
    Index("ix_messages_address_id", "address_id", "seq"),
    Index("ix_messages_home", "customer_id", "home_seq", postgresql_where=text("home_seq is not null")),
    CheckConstraint("direction in ('in', 'out', 'note')", name="direction"),
    CheckConstraint("author in ('customer', 'bot', 'agent', 'house')", name="author"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid, ForeignKey("customers.id"), nullable=False),
    Column("number", BigInteger, nullable=False, comment="1, 2, 3 .. per customer"),
    Column("model", Text, nullable=False),
    Column("facts", JSONB, nullable=False, comment="what the window rule needs of this turn"),
    Column("state", JSONB, nullable=False, comment="slots, loop and last action after it"),
    Column("parse", JSONB, comment="intent, confidence, ranking; no text"),
    Column(
        "events",
        JSONB,
        nullable=False,
        server_default=text("'[]'::jsonb"),
        comment="the turn's part of the tracker, in Rasa's own event format and order",
    ),
    _time("session_started_at", nullable=False),
    _time("started_at", nullable=False),
    _time("finished_at", now=True),
    Column("address_id", Uuid, ForeignKey("addresses.id"), comment="where the customer wrote from"),
    UniqueConstraint("customer_id", "number"),
)

effects = Table(
    "effects",
    metadata,
    # What a turn asked of the shop: carried out once, after the commit, keyed by turn and place.
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("turn_id", Uuid, nullable=False),
    Column("place", Integer, nullable=False),
    Column("customer_id", Uuid, ForeignKey("customers.id"), nullable=False),
    Column("address_id", Uuid, ForeignKey("addresses.id"), nullable=False),
    Column("effect", Text, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, server_default="asked"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _time("due_at", now=True),
    _time("asked_at", now=True),
    UniqueConstraint("turn_id", "place"),
    CheckConstraint("status in ('asked', 'done', 'refused', 'failed')", name="status"),
    Index("ix_effects_asked", "due_at", postgresql_where=text("status = 'asked'")),
)

# -- what goes out -----------------------------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("oid", Text, nullable=False, unique=True),
    Column("customer_id", Uuid, ForeignKey("customers.id"), nullable=False),
    Column("address_id", Uuid, ForeignKey("addresses.id"), nullable=False),
    Column("message_id", Uuid, ForeignKey("messages.id")),
    Column("turn_id", Uuid),
    Column("purpose", Text, nullable=False, server_default="reply"),
    Column("part", JSONB, nullable=False, comment="one platform request, rendered"),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _time("due_at", now=True),
    _time("sending_since"),
    Column(
        "sent_again", Boolean, nullable=False, server_default=text("false"), comment="after a failed receipt"
    ),
    Column("provider_message_id", Text),
    Column("error", Text),
    Column("error_code", Text),
    _time("created_at", now=True),
    _time("updated_at", now=True),
    CheckConstraint(
        "status in ('queued','held','sending','unknown','sent','delivered','read','failed','suppressed')",
        name="status",
    ),
    CheckConstraint("purpose in ('reply','agent','apology','notice','consent','reopening')", name="purpose"),
    Index(
        "ix_outbox_open",
        "address_id",
        "id",
        postgresql_where=text("status in ('queued', 'sending')"),
    ),
    Index("ix_outbox_held", "address_id", postgresql_where=text("status = 'held'")),
    Index("ix_outbox_unknown", "due_at", postgresql_where=text("status = 'unknown'")),
    Index("ix_outbox_provider", "provider_message_id"),
    Index("ix_outbox_message_id", "message_id"),
)

receipts = Table(
    "receipts",
    metadata,
    # Every receipt as heard; an early one waits here until the send it speaks of is known.
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("connector", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("provider_message_id", Text, nullable=False, server_default=""),
    Column("oid", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False),
    Column("error", Text),
    Column("error_action", Text),
    Column("applied", Boolean, nullable=False, server_default=text("false")),
    _time("received_at", now=True),
    UniqueConstraint("connector", "account", "provider_message_id", "oid", "status"),
    Index("ix_receipts_parked", "id", postgresql_where=text("not applied")),
)

consent_events = Table(
    "consent_events",
    metadata,
    # The ledger: who stopped or resumed what, when and by which words' message.
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("address_id", Uuid, ForeignKey("addresses.id"), nullable=False),
    Column("action", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("inbox_id", BigInteger, ForeignKey("inbox.id")),
    _time("at", now=True),
    Column("scope", Text, nullable=False, server_default="all", comment="all, or marketing alone"),
    CheckConstraint("action in ('stop', 'start')", name="action"),
    CheckConstraint("scope in ('all', 'marketing')", name="scope"),
)

cursors = Table(
    "cursors",
    metadata,
    # How far a job has come with an account.
    Column("connector", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("job", Text, primary_key=True),
    _time("at", nullable=False),
)

media = Table(
    "media",
    metadata,
    # Files in both directions. Customers' ones are `waiting` until a job has fetched them.
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("direction", Text, nullable=False),
    Column("connector", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("inbox_id", BigInteger, ForeignKey("inbox.id"), comment="the message it came with"),
    Column("place", Integer, nullable=False, server_default="0", comment="0, 1 .. in that message"),
    Column("customer_id", Uuid, ForeignKey("customers.id"), comment="known once it is in a thread"),
    Column("agent_id", Uuid, ForeignKey("agents.id"), comment="who attached it at the desk"),
    Column("ref", Text, nullable=False, server_default="", comment="the platform's handle"),
    Column("file_name", Text, nullable=False, server_default=""),
    Column("content_type", Text, nullable=False, server_default="", comment="found in the bytes once stored"),
    Column("size", BigInteger, comment="bytes"),
    Column("sha256", LargeBinary),
    Column("status", Text, nullable=False, server_default="waiting"),
    Column("reason", Text, comment="why it is refused or failed, for people"),
    _time("created_at", now=True),
    _time("stored_at"),
    UniqueConstraint("inbox_id", "place"),
    CheckConstraint("direction in ('in', 'out')", name="direction"),
    CheckConstraint("status in ('waiting', 'stored', 'refused', 'failed', 'gone')", name="status"),
    Index("ix_media_customer_id", "customer_id"),
    Index("ix_media_stored_at", "stored_at", postgresql_where=text("status = 'stored'")),
)

# -- people and sessions -----------------------------------------------------------------------

agents = Table(
    "agents",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="agent"),
    Column("password_hash", Text, comment="argon2id; null until the one-time link is used"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    _time("created_at", now=True),
    CheckConstraint("role in ('viewer', 'agent', 'supervisor', 'admin')", name="role"),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("agent_id", Uuid, ForeignKey("agents.id"), nullable=False),
    Column("csrf", Text, nullable=False),
    _time("created_at", now=True),
    _time("last_seen_at", now=True),
    _time("expires_at", nullable=False),
)

one_time_links = Table(
    "one_time_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("agent_id", Uuid, ForeignKey("agents.id"), comment="null: makes the first administrator"),
    _time("expires_at", nullable=False),
    _time("used_at"),
)

webchat_sessions = Table(
    "webchat_sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("address_key", Text, nullable=False, unique=True),
    _time("created_at", now=True),
    _time("last_seen_at", now=True),
    _time("expires_at", nullable=False),
)

audit = Table(
    "audit",
    metadata,
    # Append-only: who read or did what at the desk.
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("agent_id", Uuid),
    Column("action", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("detail", JSONB, nullable=False, server_default="{}"),
    _time("at", now=True),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    # Programs that read `/api/v1`; only the hash is kept.
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("name", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _time("created_at", now=True),
    _time("last_used_at"),
    _time("revoked_at"),
)

# -- evidence that two addresses are one person's ----------------------------------------------

continuations = Table(
    "continuations",
    metadata,
    # One redeemed link each, and what whoever redeemed it answered.
    Column("nonce", LargeBinary, primary_key=True),
    Column("from_address_id", Uuid, ForeignKey("addresses.id"), nullable=False),
    Column("to_address_id", Uuid, ForeignKey("addresses.id"), nullable=False),
    Column("answer", Text, comment="null: not answered"),
    _time("asked_at", now=True),
    CheckConstraint("answer in ('yes', 'no')", name="answer"),
    Index("ix_continuations_to_address_id", "to_address_id"),
)

codes = Table(
    "codes",
    metadata,
    # One-time codes: asked for at one address, sent to another, typed at the first.
    Column("id", Uuid, primary_key=True, server_default=_NEW_ID),
    Column("asker_id", Uuid, ForeignKey("addresses.id"), nullable=False),
    Column("number_digest", LargeBinary, comment="of the number that was typed; null: asked for it"),
    Column("target_id", Uuid, ForeignKey("addresses.id"), comment="null: nobody writes from there"),
    Column("code_digest", LargeBinary, comment="null: not sent"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("status", Text, nullable=False, server_default="wanted"),
    Column("message_id", Uuid, ForeignKey("messages.id"), comment="whose outbox parts hold the code"),
    _time("asked_at", now=True),
    CheckConstraint("status in ('wanted', 'asked', 'right', 'over')", name="status"),
    Index("ix_codes_asker_id", "asker_id", "asked_at"),
    Index("ix_codes_number_digest", "number_digest", "asked_at"),
    Index("ix_codes_asked_at", "asked_at"),
)

logins = Table(
    "logins",
    metadata,
    # Who, by the shop's own word, sits at a web chat session.
    Column("connector", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("address_key", Text, primary_key=True),
    Column("subject", Text, nullable=False, comment="the shop's own id of the person"),
    Column("name", Text, nullable=False, server_default=""),
    Column("email", Text, comment="verified, says the shop"),
    Column("phone", Text, comment="verified, says the shop"),
    _time("at", now=True),
    Index("ix_logins_subject", "subject"),
)

login_tokens = Table(
    "login_tokens",
    metadata,
    # A token is one session's: what was seen is kept until it is over.
    Column("digest", LargeBinary, primary_key=True),
    Column("address_key", Text, nullable=False),
    _time("expires_at", nullable=False),
    Index("ix_login_tokens_expires_at", "expires_at"),
)
