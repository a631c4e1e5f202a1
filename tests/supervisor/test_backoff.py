"""How long a dead process waits."""

from onethread.supervisor.backoff import FIRST_S, LONGEST_S, STEADY_S, Backoff


def test_the_wait_doubles_with_each_death_up_to_a_limit() -> None:
    state, waits = Backoff(), []
    for _ in range(12):
        state = state.after_death(0.1)
        waits.append(state.wait_s)
    assert waits[:4] == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S, 8 * FIRST_S]
    assert waits[-1] == LONGEST_S


def test_a_long_life_is_forgiven() -> None:
    assert Backoff(9).after_death(STEADY_S).wait_s == FIRST_S
