"""Makes customers with long pasts: a talk that really went through the worker, copied by multi-row inserts.

The talk is held twice in a row. A longer past repeats its second half, which begins as it ends, with new ids
and numbers and times of its own: rows the worker itself would have written for somebody who keeps asking.
"""

from collections.abc import Sequence
from uuid import UUID

import psycopg

TALK = 12
"""Turns of the talk; the template has twice as many."""
_EVERY = "10 minutes"

_TURN_OF = f"case when n <= {2 * TALK} then n else {TALK} + 1 + (n - {TALK} - 1) %% {TALK} end"
_PAST = f"""
    create temporary table past on commit drop as
    select n, md5(%(customer)s::text || n)::uuid as turn_id, t.id as old_id, t.started_at as old_at,
        now() - interval '5 minutes' - (%(length)s - n) * interval '{_EVERY}' as at
    from generate_series(1, %(length)s) n
    join turns t on t.customer_id = %(template)s and t.number = {_TURN_OF}
"""  # noqa: S608
_COPIES = (
    """
    insert into inbox (connector, account, provider_message_id, address_key, address_id, kind, text, content,
        provider_time, received_at, status, attempts, due_at, turn_id)
    select i.connector, i.account, 'past-' || p.turn_id, a.key, a.id, i.kind, i.text, i.content,
        p.at, p.at, 'done', 1, p.at, p.turn_id
    from past p join inbox i on i.turn_id = p.old_id join addresses a on a.customer_id = %(customer)s
    order by p.n
    """,
    """
    insert into turns (id, customer_id, number, model, facts, state, parse, events, session_started_at,
        started_at, finished_at)
    select p.turn_id, %(customer)s, p.n, t.model, t.facts, t.state, t.parse,
        (select jsonb_agg(case when e.event ? 'timestamp' then e.event || jsonb_build_object('timestamp',
                extract(epoch from p.at - p.old_at) + (e.event ->> 'timestamp')::numeric)
            else e.event end order by e.place)
         from jsonb_array_elements(t.events) with ordinality as e(event, place)),
        (select min(at) from past), p.at, p.at
    from past p join turns t on t.id = p.old_id
    """,
    """
    insert into messages (id, customer_id, seq, direction, author, address_id, channel, kind, text, content,
        inbox_id, turn_id, created_at)
    select md5(p.turn_id::text || m.id)::uuid, %(customer)s, row_number() over (order by p.n, m.seq),
        m.direction, m.author, a.id, m.channel, m.kind, m.text, m.content, i.id, p.turn_id, p.at
    from past p join messages m on m.turn_id = p.old_id join addresses a on a.customer_id = %(customer)s
    left join inbox i on m.direction = 'in' and i.turn_id = p.turn_id
    """,
    """
    insert into outbox (oid, customer_id, address_id, message_id, turn_id, purpose, part, status, attempts,
        due_at, sending_since, provider_message_id, created_at, updated_at)
    select md5(p.turn_id::text || o.oid), %(customer)s, a.id, md5(p.turn_id::text || o.message_id)::uuid,
        p.turn_id, o.purpose, o.part, 'delivered', 1, p.at, p.at, 'past-' || p.turn_id, p.at, p.at
    from past p join outbox o on o.turn_id = p.old_id join addresses a on a.customer_id = %(customer)s
    order by p.n
    """,
    """
    update threads set last_seq = (
        select coalesce(max(seq), 0) from messages where customer_id = %(customer)s)
    where customer_id = %(customer)s
    """,
    """
    update addresses a set disclosed_at = (select min(at) from past), heard_at = now() - interval '5 minutes'
    where customer_id = %(customer)s
    """,
)
_AGE = """
    update messages set created_at = created_at - interval '2 hours'
    where customer_id = any(%s) and created_at > now() - interval '2 hours'
"""


def give_past(database: str, template: UUID, customer: UUID, length: int) -> None:
    """`length` turns for a customer who has none yet, copied from the template."""
    values = {"template": template, "customer": customer, "length": length}
    # Parameters are filled in here: a table cannot be made from a statement with open ones.
    with psycopg.connect(database, cursor_factory=psycopg.ClientCursor) as conn:
        conn.execute(_PAST, values)
        for copy in _COPIES:
            conn.execute(copy, values)


def tidy(database: str) -> None:
    """What Postgres does by itself in the hours that such pasts take to grow."""
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("vacuum analyze")
        conn.execute("checkpoint")


def let_time_pass(database: str, customers: Sequence[UUID]) -> None:
    """Two hours, for the brake that counts the answers of the last hour."""
    with psycopg.connect(database) as conn:
        conn.execute(_AGE, (list(customers),))


def count_turns(database: str, customers: Sequence[UUID]) -> int:
    """The finished turns of these customers."""
    with psycopg.connect(database) as conn:
        row = conn.execute(
            "select count(*) from turns where customer_id = any(%s)", (list(customers),)
        ).fetchone()
    return int(row[0]) if row else 0
