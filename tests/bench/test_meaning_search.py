"""Orders of entries by meaning, and both orders joined."""

from onethread.bench.meaning_search import first_right, joined, meaning_order


def test_an_entry_is_as_near_as_its_nearest_phrasing() -> None:
    assert meaning_order(["a", "a", "b"], [0.2, 0.9, 0.5]) == ["a", "b"]


def test_equals_stand_in_the_order_of_their_ids() -> None:
    assert meaning_order(["b", "a"], [0.5, 0.5]) == ["a", "b"]


def test_joined_orders_prefer_what_both_know() -> None:
    assert joined(["a", "b", "c"], ["b", "d"])[0] == "b"


def test_joining_with_nothing_changes_nothing() -> None:
    assert joined(["a", "b"], []) == ["a", "b"]


def test_a_question_that_finds_nothing_is_not_right() -> None:
    assert first_right([["a", "b"], [], ["b", "a"]], ["a", "a", "a"]) == 1 / 3
