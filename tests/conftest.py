"""Real services for every test: one Postgres and one Valkey a session, a fresh database a test."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy.engine import make_url

from onethread.storage import migrate
from onethread.supervisor.postgres import EmbeddedPostgres
from onethread.supervisor.valkey import EmbeddedValkey

_TEMPLATE = "onethread_template"
_numbers = itertools.count(1)


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _run(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a running embedded server with a migrated template database."""
    server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="onethread-pg-")))
    url = server.start()
    try:
        _run(url, sql.SQL("create database {}").format(sql.Identifier(_TEMPLATE)))
        migrate.upgrade(_named(url, _TEMPLATE))
        yield url
    finally:
        server.destroy()


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """A fresh, migrated database for one test."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _run(
        postgres_url,
        sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(_TEMPLATE)),
    )
    yield _named(postgres_url, name)
    _run(postgres_url, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """The URL of a running embedded Valkey."""
    server = EmbeddedValkey(Path(tempfile.mkdtemp(prefix="onethread-valkey-")))
    url = server.start()
    try:
        yield url
    finally:
        server.stop()


@pytest.fixture
def redis_url(valkey_server: str) -> str:
    """An empty Valkey."""
    with redis.Redis.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server
