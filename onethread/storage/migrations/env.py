"""Alembic's entry: uses the caller's connection, or opens one from the given URL."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from onethread.storage.migrate import is_ours
from onethread.storage.tables import metadata

connection = context.config.attributes.get("connection")
if connection is not None:
    context.configure(connection=connection, target_metadata=metadata, include_name=is_ours)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as opened:
        context.configure(connection=opened, target_metadata=metadata, include_name=is_ours)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()
