"""The curve of `bench meaning`: who is asked, how both decide, and what it is tuned on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onethread.bench.meaning import (
    SHARES,
    Heard,
    Mix,
    curve,
    decide,
    halves,
    least_sure,
    meaning_alone,
    scores,
    tune,
)
from onethread.bench.understanding import FALLBACK

INTENTS = ("greet", FALLBACK, "thank")


def heard(
    label: str, words: tuple[float, ...], meaning: tuple[float, ...] = (1.0, 0.0, 0.0), decided: str = "greet"
) -> Heard:
    return Heard(label, decided, False, words, meaning, 1.0, 10.0)


def test_the_closer_the_first_two_are_the_sooner_a_message_is_asked_about() -> None:
    rows = [
        heard("greet", (0.9, 0.05, 0.05)),
        heard("greet", (0.5, 0.0, 0.5)),
        heard("greet", (0.6, 0.3, 0.1)),
    ]
    assert least_sure(rows, 1 / 3) == {1}
    assert least_sure(rows, 2 / 3) == {1, 2}
    assert least_sure(rows, 0.0) == set()


def test_what_is_certain_comes_last() -> None:
    certain = replace(heard("greet", (0.5, 0.0, 0.5)), certain=True)
    assert least_sure([certain, heard("greet", (0.9, 0.1, 0.0))], 0.5) == {1}


@pytest.mark.parametrize(("weight", "taken"), [(0.0, "greet"), (0.5, "greet"), (1.0, "thank")])
def test_the_embedding_has_the_say_it_is_given(weight: float, taken: str) -> None:
    one = heard("thank", (0.9, 0.1, 0.0), (0.2, 0.2, 0.6))
    assert decide(one, INTENTS, Mix(weight, 0.0)) == taken


@pytest.mark.parametrize(
    ("words", "least"), [((0.3, 0.6, 0.1), 0.0), ((0.5, 0.4, 0.1), 0.6)], ids=["refusal likelier", "too weak"]
)
def test_a_message_is_refused_when_that_is_likelier_or_the_best_is_too_weak(
    words: tuple[float, ...], least: float
) -> None:
    assert decide(heard("greet", words), INTENTS, Mix(0.0, least)) == FALLBACK


def test_tuning_gives_the_embedding_the_say_when_it_is_right() -> None:
    rows = [heard("thank", (0.55, 0.0, 0.45), (0.1, 0.0, 0.9), decided="greet")] * 4
    assert decide(rows[0], INTENTS, tune(rows, INTENTS, 1.0)) == "thank"


def test_tuning_refuses_rather_than_lets_an_intruder_in() -> None:
    right = heard("greet", (0.9, 0.05, 0.05))
    intruder = heard(FALLBACK, (0.5, 0.3, 0.2), (0.5, 0.3, 0.2))
    mix = tune([right, intruder], INTENTS, 1.0)
    assert [decide(one, INTENTS, mix) for one in (right, intruder)] == ["greet", FALLBACK]


def test_the_curve_begins_with_our_own_classifier_and_pays_for_those_asked() -> None:
    row = heard("thank", (0.5, 0.0, 0.5), (0.0, 0.0, 1.0), decided="greet")
    points = curve([row] * 20, INTENTS, [row] * 4)
    assert [point.share for point in points] == list(SHARES)
    assert (points[0].accuracy, points[0].ms_mean) == (0.0, 1.0)
    assert (points[-1].accuracy, points[-1].ms_mean, points[-1].ms_p95) == (1.0, 11.0, 11.0)
    assert points[4].accuracy == pytest.approx(0.1)
    assert [points[place].worth for place in (0, 4, -1)] == pytest.approx([-0.4, -0.26, 1.0])
    assert points[4].ms_mean == pytest.approx(2.0)


def test_without_other_rows_each_half_is_measured_by_what_the_other_taught() -> None:
    rows = [heard("thank", (0.5, 0.0, 0.5), (0.0, 0.0, 1.0))] * 8
    last = curve(rows, INTENTS, [])[-1]
    assert len(last.mixes) == 10
    assert last.accuracy == 1.0


def test_halves_share_every_label_and_lose_no_row() -> None:
    rows = [heard("greet", (1.0, 0.0, 0.0)) for _ in range(5)] + [heard("thank", (0.0, 0.0, 1.0))] * 4
    one, other = halves(rows, 3)
    assert len(one) + len(other) == 9
    assert [sum(row.label == "thank" for row in half) for half in (one, other)] == [2, 2]
    assert halves(rows, 3) == (one, other)


def test_scores_tell_accuracy_f1_and_what_out_of_scope_was_refused() -> None:
    decided = [("greet", "greet"), ("greet", FALLBACK), (FALLBACK, "greet"), (FALLBACK, FALLBACK)]
    assert scores(decided) == (0.5, pytest.approx(0.5), 0.5)


def test_scores_of_one_kind_alone_leave_the_others_open() -> None:
    assert scores([("greet", "greet")]) == (1.0, 1.0, None)
    assert scores([(FALLBACK, "greet")]) == (None, None, 0.0)


def test_the_embedding_alone_has_no_threshold() -> None:
    one = heard("thank", (1.0, 0.0, 0.0), (0.3, 0.3, 0.4))
    assert meaning_alone([one], INTENTS) == [("thank", "thank")]
