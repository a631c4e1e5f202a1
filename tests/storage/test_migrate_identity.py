"""Rows of older houses keep working: turns learn their address and keep events, each address its name."""

from __future__ import annotations

import psycopg
import pytest
from alembic import command
from psycopg import sql
from sqlalchemy.engine import make_url

from onethread.storage import migrate

_BEFORE = """
    with c as (insert into customers default values returning id),
    a as (insert into addresses (customer_id, connector, account, key, channel)
          select id, 'fake', 'default', '+1', 'sms' from c returning id, customer_id),
    t as (insert into turns (id, customer_id, number, model, facts, state, session_started_at, started_at)
          select gen_random_uuid(), customer_id, 1, 'm', '{}', '{}', now(), now() from a returning id),
    e as (insert into tracker_events (customer_id, seq, turn_number, event)
          select customer_id, 4096 + place, 1, jsonb_build_object('event', 'user', 'place', place)
          from a, generate_series(10, 1, -1) as place)
    insert into inbox (connector, account, provider_message_id, address_key, address_id, kind, status,
                       turn_id)
    select 'fake', 'default', 'm1', '+1', a.id, 'text', 'done', t.id from a, t
"""
_AGAIN = """
    insert into addresses (customer_id, connector, account, key, channel)
    select customer_id, connector, account, key, channel from addresses
"""


def test_rows_from_before_keep_working(postgres_url: str) -> None:
    name = "test_before_identity"
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    command.upgrade(migrate.config(url), "0006")
    with psycopg.connect(url) as conn:
        conn.execute(_BEFORE)
    migrate.upgrade(url)
    with psycopg.connect(url) as conn:
        found = conn.execute("select t.address_id = a.id, a.valid_to, a.attributes from turns t, addresses a")
        assert found.fetchall() == [(True, None, {})]
        told = conn.execute("select jsonb_path_query_array(events, '$[*].place') from turns")
        assert told.fetchall() == [(list(range(1, 11)),)]
        with pytest.raises(psycopg.errors.UniqueViolation), conn.transaction():
            conn.execute(_AGAIN)
        conn.execute("update addresses set valid_to = now()")
        conn.execute(_AGAIN)  # somebody new has the number
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
