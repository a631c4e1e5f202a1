"""A database that may lose what it promised is not measured."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from onethread.bench.stores import NotDurable, read_durability


def test_a_durable_database_is_told_as_such(database_url: str) -> None:
    assert set(read_durability(database_url).values()) == {"on"}


def test_a_database_that_may_lose_commits_is_refused(database_url: str) -> None:
    name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(
            sql.SQL("alter database {} set synchronous_commit = off").format(sql.Identifier(str(name)))
        )
    with pytest.raises(NotDurable, match="synchronous_commit"):
        read_durability(database_url)
