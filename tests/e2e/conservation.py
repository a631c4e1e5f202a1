"""The judge: every message said is answered by exactly one finished turn, in order, and sent once.

It shares no code with the product: it reads rows by plain SQL and what the fake platforms recorded, and
compares. Each message carries a mark, `[name 7]`, by which it is known everywhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

INBOX = """
    select i.id, i.address_id, i.text, i.status, i.turn_id, t.number,
           extract(epoch from i.received_at)::float8 as received_at,
           extract(epoch from t.finished_at)::float8 as finished_at
    from inbox i left join turns t on t.id = i.turn_id
    where i.kind = 'text' order by i.id
"""
OUTBOX = """
    select o.id, o.oid, o.address_id, o.turn_id, o.purpose, o.status, o.provider_message_id, m.seq,
           o.part->>'text' as text, extract(epoch from o.created_at)::float8 as created_at
    from outbox o left join messages m on m.id = o.message_id order by o.id
"""
HEARD = """
    select e.event->>'text' as text
    from turns t cross join jsonb_array_elements(t.events) with ordinality as e(event, place)
    where e.event->>'event' = 'user' order by t.customer_id, t.number, e.place
"""
Row = Mapping[str, Any]
_MARK = re.compile(r"\[(\w+) (\d+)\]")
_MAY_DOUBLE = "telegram"
"""The one platform that neither echoes nor can be asked: a double is counted there, and no breach."""


def mark(name: str, number: int) -> str:
    """What makes a message of the customer `name` known again."""
    return f"[{name} {number}]"


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a customer; times are epoch seconds."""

    name: str
    number: int
    door: str
    began: float
    acked: float | None
    """When the house said 2xx; None: it never did, but the platform has the message."""


@dataclass(frozen=True, slots=True)
class Got:
    """One message as a platform got it from the house, `id` in that door's way of naming it."""

    name: str
    door: str
    id: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as promised, about a message of the time `at`."""

    kind: str
    door: str
    at: float
    about: str

    @property
    def is_breach(self) -> bool:
        return self.kind != "sent twice" or self.door != _MAY_DOUBLE


@dataclass(frozen=True, slots=True)
class Struck:
    """One fault: when it began and when whatever was broken worked again (a kill: at once)."""

    name: str
    began: float
    over: float


@dataclass(slots=True)
class Verdict:
    """What was counted, and everything that is not as promised."""

    said: int = 0
    accepted: int = 0
    finished: int = 0
    turns: int = 0
    sends: int = 0
    received: int = 0
    apologies: int = 0
    unknown: int = 0
    caught_up: list[float] = field(default_factory=list)
    """Seconds from a message whose webhook was lost to its row."""
    findings: list[Finding] = field(default_factory=list)
    answered: list[tuple[float, float, float | None]] = field(default_factory=list)
    """Of each message: accepted, its turn finished, the first answer got by the platform."""

    @property
    def holds(self) -> bool:
        return not any(finding.is_breach for finding in self.findings)

    def count(self, kind: str, door: str = "") -> int:
        return sum(found.kind == kind and door in ("", found.door) for found in self.findings)

    def recovered(self, fault: Struck) -> tuple[float, float]:
        """Seconds after the fault until all accepted before its end had its turn, and its answer."""
        before = [times for times in self.answered if times[0] <= fault.over]
        turns = max((done - fault.over for _, done, _ in before), default=0.0)
        sends = max((got - fault.over for _, _, got in before if got is not None), default=0.0)
        return max(turns, 0.0), max(sends, 0.0)

    def __str__(self) -> str:
        kinds = ("lost", "dead", "doubled", "misordered", "unanswered", "unsent", "unasked", "sent twice")
        return (
            f"said {self.said}, accepted {self.accepted}, finished {self.finished}, turns {self.turns}, "
            f"sends {self.sends}, received {self.received}, apologies {self.apologies}, "
            f"unknown sends {self.unknown}, missed by webhook and caught up {len(self.caught_up)}"
            + (f" (after {max(self.caught_up):.0f} s at most)" if self.caught_up else "")
            + "; "
            + ", ".join(f"{kind} {self.count(kind)}" for kind in kinds)
        )


def judge(
    said: Iterable[Said],
    got: Sequence[Got],
    inbox: Sequence[Row],
    outbox: Sequence[Row],
    heard: Sequence[Row],
) -> Verdict:
    """`got` in the order of arrival; `inbox`, `outbox` and `heard` as the queries above give them."""
    case = _Case(list(said), inbox, outbox)
    case.each_has_one_turn()
    case.order_holds()
    case.rasa_heard_each_once(heard)
    case.platforms_got_what_was_written(got)
    return case.verdict


class _Case:
    def __init__(self, said: list[Said], inbox: Sequence[Row], outbox: Sequence[Row]) -> None:
        self.said = {(one.name, one.number): one for one in said}
        self.rows: dict[tuple[str, int], Row] = {}
        self.names: dict[Any, str] = {}
        self.verdict = Verdict(said=len(said), accepted=sum(one.acked is not None for one in said))
        for row in inbox:
            for key in _marks(row["text"]):
                if key not in self.said:
                    continue
                if key in self.rows:
                    self._find("doubled", key, f"a second row, {row['id']}")
                self.rows.setdefault(key, row)
                if row["address_id"] is not None:
                    self.names[row["address_id"]] = key[0]
        self.outbox = [row for row in outbox if row["address_id"] in self.names]

    def _find(self, kind: str, key: tuple[str, int], about: str) -> None:
        one = self.said[key]
        self.verdict.findings.append(Finding(kind, one.door, one.began, f"{mark(*key)}: {about}"))

    def each_has_one_turn(self) -> None:
        replied = {row["turn_id"] for row in self.outbox if row["purpose"] == "reply"}
        turns = set()
        for key, one in self.said.items():
            row = self.rows.get(key)
            if row is None or row["status"] == "pending":
                self._find("lost", key, "no row" if row is None else "still waits")
            elif row["status"] == "dead":
                self._find("dead", key, "given up")
            elif row["number"] is None:
                self._find("lost", key, "done without a turn")
            else:
                turns.add(row["turn_id"])
                # An apology is not an answer.
                if row["turn_id"] not in replied:
                    self._find("unanswered", key, "a turn without a reply")
            if row is not None and one.acked is None:
                self.verdict.caught_up.append(row["received_at"] - one.began)
        self.verdict.turns = len(turns)
        self.verdict.finished = sum(row["number"] is not None for row in self.rows.values())

    def order_holds(self) -> None:
        by_name: dict[str, list[tuple[Said, Row]]] = defaultdict(list)
        for key, row in self.rows.items():
            by_name[key[0]].append((self.said[key], row))
        for pairs in by_name.values():
            for later, row in pairs:
                for earlier, before in pairs:
                    known_first = earlier.acked is not None and earlier.acked <= later.began
                    if known_first and before["id"] > row["id"]:
                        self._find("misordered", (later.name, later.number), "kept before an earlier one")
            turns = [row for _, row in sorted(pairs, key=lambda pair: pair[1]["id"]) if row["number"]]
            for before, row in pairwise(turns):
                if row["number"] < before["number"]:
                    self._find("misordered", _marks(row["text"])[0], "answered before an earlier one")

    def rasa_heard_each_once(self, heard: Sequence[Row]) -> None:
        """At most once: what Rasa was not asked about (silence, a brake) it has not heard."""
        times: Counter[tuple[str, int]] = Counter()
        last: dict[str, int] = {}
        for event in heard:
            for key in _marks(event["text"]):
                if key not in self.rows:
                    continue
                times[key] += 1
                if self.rows[key]["id"] < last.get(key[0], 0):
                    self._find("misordered", key, "heard by Rasa after a later one")
                last[key[0]] = self.rows[key]["id"]
        for key, count in times.items():
            if count > 1:
                self._find("doubled", key, f"heard by Rasa {count} times")

    def platforms_got_what_was_written(self, got: Sequence[Got]) -> None:
        doors = {one.name: one.door for one in self.said.values()}
        rows = _Rows(self.outbox, self.names)
        arrived: dict[Any, float] = {}
        last: dict[str, int] = defaultdict(int)
        for message in got:
            row = rows.of(message)
            if row is None or row["id"] in arrived:
                known = row is not None or rows.has_text(message)
                kind = "sent twice" if known else "unasked"
                self.verdict.findings.append(Finding(kind, message.door, message.at, message.name))
                continue
            arrived[row["id"]] = message.at
            if row["id"] < last[message.name]:
                about = f"{message.name}: sent after a later one"
                self.verdict.findings.append(Finding("misordered", message.door, message.at, about))
            last[message.name] = max(last[message.name], row["id"])
        first: dict[Any, float] = {}
        for row in self.outbox:
            if row["id"] in arrived:
                first.setdefault(row["turn_id"], arrived[row["id"]])
            elif row["status"] != "suppressed":
                name = self.names[row["address_id"]]
                about = f"{name}: row {row['id']} is {row['status']}"
                self.verdict.findings.append(Finding("unsent", doors[name], row["created_at"], about))
        self.verdict.sends, self.verdict.received = len(self.outbox), len(got)
        self.verdict.apologies = sum(row["purpose"] == "apology" for row in self.outbox)
        self.verdict.unknown = sum(row["status"] == "unknown" for row in self.outbox)
        self.verdict.answered = [
            (row["received_at"], row["finished_at"], first.get(row["turn_id"]))
            for row in self.rows.values()
            if row["finished_at"] is not None
        ]


class _Rows:
    """Finds the outbox row of a message that arrived."""

    def __init__(self, outbox: Sequence[Row], names: Mapping[Any, str]) -> None:
        self._by_id: dict[tuple[str, str], Row] = {}
        self._by_text: dict[tuple[str, str], list[Row]] = defaultdict(list)
        pieces: Counter[tuple[str, int]] = Counter()
        for row in outbox:
            name = names[row["address_id"]]
            pieces[name, row["seq"]] += 1
            web = f"{row['seq']}.{pieces[name, row['seq']]}"
            for known in (row["oid"], row["provider_message_id"], web):
                if known:
                    self._by_id[name, known] = row
            self._by_text[name, row["text"] or ""].append(row)

    def of(self, message: Got) -> Row | None:
        if row := self._by_id.get((message.name, message.id)):
            return row
        # Taken by a platform whose answer nobody heard: the row knows no id of it.
        for row in self._by_text[message.name, message.text]:
            if row["status"] == "unknown" and not row["provider_message_id"]:
                return row
        return None

    def has_text(self, message: Got) -> bool:
        return bool(self._by_text[message.name, message.text])


def _marks(text: str) -> list[tuple[str, int]]:
    return [(name, int(number)) for name, number in _MARK.findall(text)]


def report(verdict: Verdict, faults: Sequence[Struck]) -> str:
    """A table: what is not as promised by the fault before it, and how long it took to recover."""
    lines = [
        f"{'fault':<22}{'lost':>5}{'doubled':>8}{'misord.':>8}{'turns after s':>14}{'sends after s':>14}"
        f"{'Twilio x2':>10}{'Meta x2':>8}{'Telegram x2':>12}"
    ]
    ends = [*(fault.began for fault in faults[1:]), float("inf")]
    for fault, end in zip(faults, ends, strict=True):
        here = [found for found in verdict.findings if fault.began <= found.at < end]
        kinds = Counter(found.kind for found in here)
        twice = Counter(found.door for found in here if found.kind == "sent twice")
        turns, sends = verdict.recovered(fault)
        lines.append(
            f"{fault.name:<22}{kinds['lost'] + kinds['dead']:>5}{kinds['doubled']:>8}"
            f"{kinds['misordered']:>8}{turns:>14.1f}{sends:>14.1f}"
            f"{twice['sms']:>10}{twice['whatsapp']:>8}{twice['telegram']:>12}"
        )
    kills = sum(fault.name.startswith("kill") for fault in faults)
    telegram = verdict.count("sent twice", _MAY_DOUBLE)
    return "\n".join((*lines, str(verdict), f"Telegram got twice: {telegram} in {kills} kills"))
