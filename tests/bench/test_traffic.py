"""The crowd is what it says it is."""

from __future__ import annotations

from itertools import pairwise

from onethread.bench.traffic import TURNS, Crowd, customers, plan

CROWD = Crowd(think_s=2.0, run="ab", first=0, door="twilio_sms")


def test_messages_are_due_at_even_distances() -> None:
    messages = list(plan(10, 3, CROWD))
    assert [message.due_s for message in messages] == [number / 10 for number in range(30)]


def test_no_message_is_planned_twice() -> None:
    messages = list(plan(50, 30, CROWD))
    assert len({message.id for message in messages}) == len(messages) == 1500


def test_a_customer_thinks_between_two_messages_and_says_at_most_one_talk() -> None:
    said: dict[str, list[float]] = {}
    for message in plan(10, 60, CROWD):
        said.setdefault(message.sender, []).append(message.due_s or 0.0)
    assert max(len(times) for times in said.values()) == TURNS
    assert {round(b - a, 6) for times in said.values() for a, b in pairwise(times)} == {2.0}


def test_a_slow_crowd_has_at_least_one_person() -> None:
    messages = list(plan(0.1, 20, CROWD))
    assert (len(messages), customers(messages)) == (2, 1)
