"""A copied past is what the worker would have written."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from onethread.bench.histories import TALK, count_turns, give_past

_TABLES = {
    "inbox": "select count(*) from inbox i join addresses a on a.id = i.address_id where a.customer_id = %s",
    "turns": "select count(*) from turns where customer_id = %s",
    "events": "select coalesce(sum(jsonb_array_length(events)), 0) from turns where customer_id = %s",
    "messages": "select count(*) from messages where customer_id = %s",
    "outbox": "select count(*) from outbox where customer_id = %s",
}
_SEEN = """
    select event ->> 'text'
    from turns cross join jsonb_array_elements(events) with ordinality as e(event, place)
    where customer_id = %s order by number, place
"""


def _customer(conn: psycopg.Connection, key: str) -> UUID:
    customer = uuid4()
    for statement in (
        "insert into customers (id) values (%(id)s)",
        "insert into threads (customer_id) values (%(id)s)",
        "insert into addresses (customer_id, connector, account, key, channel)"
        " values (%(id)s, 'twilio_sms', 'default', %(key)s, 'sms')",
    ):
        conn.execute(statement, {"id": customer, "key": key})
    return customer


def _take_turn(conn: psycopg.Connection, customer: UUID, number: int) -> None:
    """The rows of one turn: heard one message, said one, three events."""
    values = {"c": customer, "n": number, "turn": uuid4(), "message": uuid4(), "oid": uuid4().hex}
    values["events"] = Jsonb([{"event": "user", "timestamp": 1e9 + number, "text": f"text {number}"}] * 3)
    for statement in (
        """insert into turns (id, customer_id, number, model, facts, state, events, session_started_at,
               started_at)
           values (%(turn)s, %(c)s, %(n)s, 'm', '{}', jsonb_build_object('after', %(n)s), %(events)s, now(),
               to_timestamp(1e9 + %(n)s))""",
        """insert into inbox (connector, account, provider_message_id, address_key, address_id, kind, text,
               status, turn_id)
           select connector, account, %(oid)s, key, id, 'text', 'text ' || %(n)s, 'done', %(turn)s
           from addresses where customer_id = %(c)s""",
        """insert into messages (customer_id, seq, direction, author, address_id, text, inbox_id, turn_id)
           select %(c)s, 2 * %(n)s - 1, 'in', 'customer', address_id, text, id, turn_id
           from inbox where turn_id = %(turn)s""",
        """insert into messages (id, customer_id, seq, direction, author, address_id, text, turn_id)
           select %(message)s, %(c)s, 2 * %(n)s, 'out', 'bot', id, 'answer', %(turn)s
           from addresses where customer_id = %(c)s""",
        """insert into outbox (oid, customer_id, address_id, message_id, turn_id, part)
           select %(oid)s, %(c)s, id, %(message)s, %(turn)s, '{}' from addresses where customer_id = %(c)s""",
    ):
        conn.execute(statement, values)


@pytest.fixture
def template(database_url: str) -> UUID:
    with psycopg.connect(database_url) as conn:
        customer = _customer(conn, "+15550000001")
        for number in range(1, 2 * TALK + 1):
            _take_turn(conn, customer, number)
    return customer


def _new(database_url: str, key: str) -> UUID:
    with psycopg.connect(database_url) as conn:
        return _customer(conn, key)


@pytest.mark.parametrize("length", [0, 5, 2 * TALK, 2 * TALK + 5, 200])
def test_every_turn_has_all_its_rows(database_url: str, template: UUID, length: int) -> None:
    customer = _new(database_url, "+15550000002")
    give_past(database_url, template, customer, length)
    with psycopg.connect(database_url) as conn:
        found = {name: conn.execute(query, (customer,)).fetchone() for name, query in _TABLES.items()}
    assert found == {
        "inbox": (length,),
        "turns": (length,),
        "events": (3 * length,),
        "messages": (2 * length,),
        "outbox": (length,),
    }
    assert count_turns(database_url, [customer]) == length


def test_a_long_past_goes_on_with_the_second_half(database_url: str, template: UUID) -> None:
    customer = _new(database_url, "+15550000002")
    give_past(database_url, template, customer, 3 * TALK + 2)
    with psycopg.connect(database_url) as conn:
        texts = conn.execute(
            "select text from messages where customer_id = %s and direction = 'in' order by seq", (customer,)
        ).fetchall()
        seen = conn.execute(_SEEN, (customer,)).fetchall()
    numbers = [*range(1, 2 * TALK + 1), *range(TALK + 1, 2 * TALK + 1), TALK + 1, TALK + 2]
    assert [text for (text,) in texts] == [f"text {number}" for number in numbers]
    assert [text for (text,) in seen[::3]] == [f"text {number}" for number in numbers]


def test_times_and_numbers_run_on_without_a_gap(database_url: str, template: UUID) -> None:
    customer = _new(database_url, "+15550000002")
    give_past(database_url, template, customer, 100)
    with psycopg.connect(database_url) as conn:
        row = conn.execute(
            """select count(distinct m.seq), max(m.seq), max(t.last_seq),
                   bool_and(m.created_at < now() and m.created_at >= e.first)
               from messages m join threads t using (customer_id),
                   (select to_timestamp(min((event ->> 'timestamp')::numeric)) - interval '1 hour' as first
                    from turns cross join jsonb_array_elements(events) as event
                    where customer_id = %(c)s) e
               where m.customer_id = %(c)s""",
            {"c": customer},
        ).fetchone()
        steps = conn.execute(
            """select bool_and(at >= before) from (
                   select (event ->> 'timestamp')::numeric as at,
                       lag((event ->> 'timestamp')::numeric, 1, 0) over (order by number, place) as before
                   from turns cross join jsonb_array_elements(events) with ordinality as e(event, place)
                   where customer_id = %s) e""",
            (customer,),
        ).fetchone()
    assert row == (200, 200, 200, True)
    assert steps == (True,)
