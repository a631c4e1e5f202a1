from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onethread.egress.breaker import FAILURES_TO_OPEN, Breaker


def opened(now: float = 0.0) -> Breaker:
    gate = Breaker()
    opens = [gate.failed(now) for _ in range(FAILURES_TO_OPEN)]
    assert opens == [False] * (FAILURES_TO_OPEN - 1) + [True]
    return gate


def test_it_opens_after_five_failures_in_a_row() -> None:
    gate = Breaker()
    for _ in range(4):
        gate.failed(0.0)
    assert gate.room(0.0, 16) == 16
    gate.answered()
    for _ in range(4):
        gate.failed(0.0)
    assert gate.room(0.0, 16) == 16
    gate.failed(0.0)
    assert gate.room(0.5, 16) == 0


def test_one_send_tries_whether_the_platform_is_back() -> None:
    gate = opened()
    assert gate.room(1.0, 16) == 1
    gate.started()
    assert gate.room(1.0, 16) == 0
    gate.answered()
    assert gate.room(1.0, 16) == 16


def test_a_failed_try_doubles_the_pause_up_to_a_minute() -> None:
    gate, now, pauses = opened(), 0.0, []
    for _ in range(9):
        pauses.append(gate.paused_until - now)
        now = gate.paused_until
        gate.started()
        gate.failed(now)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_sends_on_their_way_when_it_opened_do_not_lengthen_the_pause() -> None:
    gate = opened()
    assert [gate.failed(0.1) for _ in range(11)] == [False] * 11
    assert gate.room(1.0, 16) == 1


def test_a_late_echo_ends_the_pause_but_not_a_wait_that_was_asked_for() -> None:
    gate = opened()
    gate.answered()
    assert gate.room(0.1, 16) == 16
    gate.hold(30.0)
    gate.answered()
    assert gate.room(0.1, 16) == 0


def test_a_platform_that_asks_to_wait_is_left_alone_so_long() -> None:
    gate = Breaker()
    gate.hold(30.0)
    assert (gate.room(29.9, 16), gate.room(30.0, 16)) == (0, 16)


def test_a_refused_account_is_shut_until_one_send_may_try_again() -> None:
    gate = Breaker()
    gate.refuse(0.0, 300.0)
    gate.refuse(0.1, 60.0)
    assert gate.refused
    assert (gate.room(299.0, 16), gate.room(300.1, 16)) == (0, 1)
    gate.answered()
    assert not gate.refused


@given(st.lists(st.sampled_from(["answered", "failed", "hold", "refuse", "started"]), max_size=60))
def test_whatever_happens_it_lets_something_through_again(events: list[str]) -> None:
    gate, now = Breaker(), 0.0
    for event in events:
        now += 1.0
        match event:
            case "answered":
                gate.answered()
            case "failed":
                gate.failed(now)
            case "hold":
                gate.hold(now + 5)
            case "refuse":
                gate.refuse(now, 300.0)
            case _:
                if gate.room(now, 4):
                    gate.started()
    if gate.probing:
        gate.answered()
    assert gate.room(now + 301.0, 4) > 0
