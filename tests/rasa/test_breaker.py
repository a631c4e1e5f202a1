"""An action that is down is not waited for again and again."""

from bot.addons.breaker import FAILURES, REST_S, Breaker


def failing(times, at=0.0):
    breaker = Breaker()
    for _ in range(times):
        assert breaker.allows("action_a", at)
        breaker.failed("action_a", at)
    return breaker


def test_five_failures_in_a_row_close_the_way_to_that_action_only():
    breaker = failing(FAILURES)
    assert not breaker.allows("action_a", 0.1)
    assert breaker.allows("action_b", 0.1)


def test_one_answer_in_between_starts_the_count_anew():
    breaker = failing(FAILURES - 1)
    breaker.worked("action_a")
    breaker.failed("action_a", 0.0)
    assert breaker.allows("action_a", 0.0)


def test_after_a_rest_one_call_tries_and_opens_the_way_when_it_is_answered():
    breaker = failing(FAILURES)
    assert breaker.allows("action_a", REST_S)
    assert not breaker.allows("action_a", REST_S)
    breaker.worked("action_a")
    assert breaker.allows("action_a", REST_S)


def test_a_failed_try_closes_it_for_another_rest():
    breaker = failing(FAILURES)
    assert breaker.allows("action_a", REST_S)
    breaker.failed("action_a", REST_S)
    assert not breaker.allows("action_a", 2 * REST_S - 0.1)
    assert breaker.allows("action_a", 2 * REST_S)


def test_a_room_stops_asking_for_a_broken_action_and_still_runs_the_others(room, action_server):
    def asked():
        return sum(call["next_action"] == "action_boom" for call in action_server.calls)

    answers = [room.turn("boom")[0] for _ in range(FAILURES + 3)]

    assert answers == [500] * (FAILURES + 3)
    assert asked() <= FAILURES
    assert room.turn("person")[0] == 200
