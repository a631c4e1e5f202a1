"""Limits count with the clock they are given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onethread.web.limits import Bucket, Counts, Lines, Window, Windows


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(per_s=1.0, burst=5, at=100.0)
    assert [bucket.take(100.0) for _ in range(6)] == [True] * 5 + [False]
    assert bucket.take(101.0)
    assert not bucket.take(101.5)


@given(st.lists(st.floats(0, 30), max_size=200), st.integers(1, 10))
def test_no_stretch_holds_more_than_the_window_allows(steps: list[float], most: int) -> None:
    window, now, taken = Window(most, 60.0), 0.0, []
    for step in steps:
        now += step
        if window.take(now):
            taken.append(now)
    for start in taken:
        assert sum(start <= at < start + 60.0 for at in taken) <= most


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    bucket = Bucket(per_s=1.0, burst=1, at=100.0)
    assert bucket.take(100.0)
    assert not bucket.take(10.0)


def test_one_peer_does_not_use_up_anothers_window() -> None:
    windows = Windows(1, 60.0)
    assert windows.take("a", 0.0) and windows.take("b", 0.0)
    assert not windows.take("a", 1.0)
    assert windows.take("a", 60.0)


def test_many_peers_do_not_fill_the_memory() -> None:
    windows = Windows(1, 60.0, keys_max=10)
    assert all(windows.take(str(number), float(number)) for number in range(1000))


def test_places_are_given_back() -> None:
    counts = Counts(2)
    assert [counts.enter("a") for _ in range(3)] == [True, True, False]
    counts.leave("a")
    assert counts.enter("a")


def test_of_lines_that_say_the_same_few_are_written_and_the_rest_is_counted() -> None:
    lines = Lines(2, 60.0)
    assert [lines.take("refused", now) for now in (0, 1, 2, 3)] == [0, 0, None, None]
    assert lines.take("another", 3) == 0
    assert lines.take("refused", 60.5) == 2
    assert lines.take("refused", 61.5) == 0
