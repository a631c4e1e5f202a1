"""The books add up, and the judge can say no."""

from __future__ import annotations

from onethread.bench.generator import Received
from onethread.bench.ledger import Books, judge
from onethread.bench.shooting import Shot


def _shot(id_: str, due_s: float = 0.0, status: int = 200) -> Shot:
    return Shot(id_, due_s, due_s, due_s + 0.01, status)


def test_a_message_is_as_late_as_the_first_send_of_its_turn() -> None:
    books = Books({"m1": ("done", "t1")}, {"o1": "t1", "o2": "t1"})
    verdict = judge([_shot("m1", 5.0)], books, [Received("o2", "+1", 5.75), Received("o1", "+1", 5.5)])
    assert verdict.late_s == [0.5]
    assert (verdict.answered, verdict.sends, verdict.turns) == (1, 2, 1)
    assert verdict.adds_up


def test_messages_of_one_turn_are_all_answered_by_it() -> None:
    books = Books({"m1": ("done", "t1"), "m2": ("done", "t1")}, {"o1": "t1"})
    verdict = judge([_shot("m1", 1.0), _shot("m2", 2.0)], books, [Received("o1", "+1", 2.5)])
    assert (verdict.answered, verdict.turns, verdict.late_s) == (2, 1, [1.5, 0.5])


def test_every_message_is_counted_in_one_place() -> None:
    shots = [_shot(f"m{n}", n) for n in range(5)] + [_shot("refused", 5.0, 503), _shot("unheard", 6.0, 0)]
    inbox = {
        "m0": ("done", "answered"),
        "m1": ("done", "silent"),
        "m2": ("pending", None),
        "m3": ("dead", None),
    }
    verdict = judge(shots, Books(inbox, {"o1": "answered"}), [Received("o1", "+1", 3.0)])
    assert (verdict.posted, verdict.refused, verdict.accepted) == (7, 2, 5)
    assert (verdict.answered, verdict.silent, verdict.waiting, verdict.dead, verdict.lost) == (1, 1, 1, 1, 1)
    assert verdict.adds_up
    assert verdict.backlog_at_end == 1


def test_an_answer_that_is_queued_and_not_sent_is_waiting() -> None:
    verdict = judge([_shot("m1")], Books({"m1": ("done", "t1")}, {"o1": "t1"}), [])
    assert (verdict.waiting, verdict.silent) == (1, 0)


def test_an_answer_after_the_end_of_the_load_is_backlog() -> None:
    books = Books({"m1": ("done", "t1"), "m2": ("done", "t2")}, {"o1": "t1", "o2": "t2"})
    received = [Received("o1", "+1", 1.5), Received("o2", "+1", 2.5)]
    verdict = judge([_shot("m1", 1.0), _shot("m2", 2.0)], books, received)
    assert (verdict.in_time, verdict.backlog_at_end) == (1, 1)


def test_a_send_received_twice_is_doubled_and_one_without_a_row_unasked() -> None:
    books = Books({"m1": ("done", "t1")}, {"o1": "t1"})
    received = [Received(oid, "+1", 1.0) for oid in ("o1", "o1", "stranger")]
    verdict = judge([_shot("m1")], books, received)
    assert (verdict.doubled, verdict.unasked) == (1, 1)
