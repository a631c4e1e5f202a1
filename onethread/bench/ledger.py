"""Counts what became of each message: the generator's record against the rows of the house."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from onethread.bench.generator import Received
from onethread.bench.shooting import Shot

_INBOX = """
    select provider_message_id, status, turn_id::text from inbox where provider_message_id = any(%s)
"""
_OUTBOX = "select oid, turn_id::text from outbox where oid = any(%s) or turn_id = any(%s::uuid[])"
_OPEN = """
    select (select count(*) from inbox where status = 'pending')
         + (select count(*) from outbox where status in ('queued', 'sending'))
"""


@dataclass(frozen=True, slots=True)
class Books:
    """The house's rows: message id -> (status, turn), and the house's id of a send -> turn."""

    inbox: Mapping[str, tuple[str, str | None]]
    outbox: Mapping[str, str | None]


@dataclass(slots=True)
class Verdict:
    """posted = accepted + refused; accepted = answered + silent + waiting + dead + lost.

    silent: its turn is finished and says nothing. waiting: not done when it was counted. lost: promised with
    a 2xx, and there is no row. doubled: sends the platform got more than once. unasked: no row asked for it.
    """

    posted: int = 0
    refused: int = 0
    accepted: int = 0
    answered: int = 0
    silent: int = 0
    waiting: int = 0
    dead: int = 0
    lost: int = 0
    turns: int = 0
    sends: int = 0
    doubled: int = 0
    unasked: int = 0
    backlog_at_end: int = 0
    """Promised and not answered at the moment the last message was due."""
    late_s: list[float] = field(default_factory=list)
    """Of each answered message: from when it was due until the first send of its turn came."""
    in_time: int = 0
    """Answers that came before the last message was due."""

    @property
    def adds_up(self) -> bool:
        """Every message is counted once."""
        parts = self.answered + self.silent + self.waiting + self.dead + self.lost
        return self.posted == self.accepted + self.refused and self.accepted == parts


def judge(shots: Sequence[Shot], books: Books, received: Sequence[Received]) -> Verdict:
    """What became of the messages of one stage; `books` read and `received` taken after it."""
    times = Counter(send.oid for send in received)
    first_send: dict[str, float] = {}
    for send in received:
        turn = books.outbox.get(send.oid)
        if turn is not None:
            first_send[turn] = min(send.at_s, first_send.get(turn, send.at_s))
    verdict = Verdict(
        posted=len(shots),
        refused=sum(not shot.accepted for shot in shots),
        sends=len(received),
        doubled=sum(number - 1 for number in times.values()),
        unasked=sum(oid not in books.outbox for oid in times),
        turns=len({turn for _, turn in books.inbox.values() if turn}),
    )
    speaking = set(books.outbox.values())
    end = max(shot.due_s for shot in shots)
    for shot in shots:
        if not shot.accepted:
            continue
        verdict.accepted += 1
        status, turn = books.inbox.get(shot.id, ("lost", None))
        sent = first_send.get(turn) if turn is not None else None
        if sent is not None:
            verdict.answered += 1
            verdict.late_s.append(sent - shot.due_s)
            verdict.in_time += sent <= end
        elif status in {"lost", "dead"}:
            verdict.lost += status == "lost"
            verdict.dead += status == "dead"
        elif status == "done" and turn not in speaking:
            verdict.silent += 1
        else:
            verdict.waiting += 1
    verdict.backlog_at_end = verdict.answered - verdict.in_time + verdict.waiting
    return verdict


def read_books(database: str, shots: Sequence[Shot], received: Sequence[Received]) -> Books:
    """The rows of these messages, and of every send that came or that their turns asked for."""
    with psycopg.connect(database) as conn:
        rows = conn.execute(_INBOX, ([shot.id for shot in shots],)).fetchall()
        inbox = {id_: (status, turn) for id_, status, turn in rows}
        turns = [turn for _, turn in inbox.values() if turn]
        sends = conn.execute(_OUTBOX, ([send.oid for send in received], turns)).fetchall()
    return Books(inbox, dict(sends))


def count_open(database: str) -> int:
    """Messages not answered yet and sends not gone yet, of everybody."""
    with psycopg.connect(database) as conn:
        row = conn.execute(_OPEN).fetchone()
    return int(row[0]) if row else 0
