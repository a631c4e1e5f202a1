from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onethread.egress.backoff import retry_delay


def test_each_try_waits_twice_as_long_up_to_a_minute() -> None:
    assert [retry_delay(attempt, 0.0) for attempt in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


@given(st.integers(1, 10_000), st.floats(0, 0.999), st.floats(0, 3600))
def test_the_platforms_wish_is_kept_and_chance_only_adds(attempt: int, chance: float, wish: float) -> None:
    delay = retry_delay(attempt, chance, at_least=wish)
    assert max(wish, retry_delay(attempt, 0.0)) <= delay <= max(wish, 60.0) * 1.25


def test_a_platform_may_ask_for_waits_that_grow_faster() -> None:
    waits = [retry_delay(attempt, 0.0, at_least=6, growth=4.0, at_most=300) for attempt in range(1, 7)]
    assert waits == [6, 6, 16, 64, 256, 300]
