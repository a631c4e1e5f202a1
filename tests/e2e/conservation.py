"""The judge: every message accepted is answered by exactly one finished turn, in order, and sent once.

It shares no code with the product: it reads rows and what the fake platform recorded, and counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

INBOX = """
    select i.id, i.connector, i.address_key, i.provider_message_id, i.status,
           i.turn_id, t.number
    from inbox i left join turns t on t.id = i.turn_id
    where i.kind = 'text' order by i.id
"""
OUTBOX = "select id, oid, address_id, turn_id, purpose, status from outbox order by id"


class Received(Protocol):
    """One message as the platform got it."""

    oid: str
    to: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of messages; see `__str__` for what each means."""

    accepted: int
    finished: int
    lost: int
    dead: int
    unfinished_turns: int
    misordered: int
    sent_rows: int
    received: int
    received_twice: int
    received_unasked: int
    unknown: int

    @property
    def holds(self) -> bool:
        return (
            self.finished == self.accepted
            and not self.lost
            and not self.dead
            and not self.unfinished_turns
            and not self.misordered
            and not self.received_twice
            and not self.received_unasked
        )

    def __str__(self) -> str:
        return (
            f"accepted {self.accepted}, finished {self.finished}, lost {self.lost}, dead {self.dead}, "
            f"without a turn {self.unfinished_turns}, misordered {self.misordered}, "
            f"sent {self.sent_rows}, received {self.received}, doubled {self.received_twice}, "
            f"unasked {self.received_unasked}, unknown sends {self.unknown}"
        )


def judge(
    acknowledged: Iterable[str],
    inbox: Sequence[dict[str, Any]],
    outbox: Sequence[dict[str, Any]],
    received: Sequence[Received],
) -> Verdict:
    """`acknowledged`: provider ids that got a 2xx. `received`: in the order the platform got them."""
    ids = list(acknowledged)
    by_id = {row["provider_message_id"]: row for row in inbox}
    kept = [by_id[i] for i in ids if i in by_id]
    finished = [r for r in kept if r["status"] == "done" and r["turn_id"] and r["number"] is not None]

    misordered = 0
    last_number: dict[tuple[str, str], int] = defaultdict(int)
    for row in finished:  # ids were acknowledged one after the other for each customer
        who = (row["connector"], row["address_key"])
        if row["number"] < last_number[who]:
            misordered += 1
        last_number[who] = row["number"]

    place = {row["oid"]: row["id"] for row in outbox}
    last_sent: dict[str, int] = defaultdict(int)
    for message in received:
        if message.oid in place:
            if place[message.oid] < last_sent[message.to]:
                misordered += 1
            last_sent[message.to] = max(last_sent[message.to], place[message.oid])

    times = Counter(m.oid for m in received)
    return Verdict(
        accepted=len(ids),
        finished=len(finished),
        lost=len(ids) - len(kept) + sum(r["status"] == "pending" for r in kept),
        dead=sum(r["status"] == "dead" for r in kept),
        unfinished_turns=sum(r["status"] == "done" and r["number"] is None for r in kept),
        misordered=misordered,
        sent_rows=sum(r["status"] in {"sent", "delivered", "read"} for r in outbox),
        received=len(received),
        received_twice=sum(n - 1 for n in times.values()),
        received_unasked=sum(oid not in place for oid in times),
        unknown=sum(r["status"] == "unknown" for r in outbox),
    )
