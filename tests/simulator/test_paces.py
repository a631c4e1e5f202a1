from __future__ import annotations

from simulator.paces import Paces


def test_nothing_waits_until_a_pace_is_set() -> None:
    paces = Paces(lambda: 0.0)
    assert [paces.wait_s("a") for _ in range(99)] == [0.0] * 99


def test_a_burst_is_let_through_and_then_one_at_a_time() -> None:
    now = [100.0]
    paces = Paces(lambda: now[0])
    paces.set(6.0, burst=3)
    assert [paces.wait_s("a") for _ in range(4)] == [0.0, 0.0, 0.0, 6.0]
    assert paces.wait_s("b") == 0.0, "each customer has a bucket"
    now[0] += 5.0
    assert paces.wait_s("a") == 1.0
    now[0] += 1.0
    assert [paces.wait_s("a"), paces.wait_s("a")] == [0.0, 6.0]
    now[0] += 1000.0
    assert [paces.wait_s("a") for _ in range(4)] == [0.0, 0.0, 0.0, 6.0]
