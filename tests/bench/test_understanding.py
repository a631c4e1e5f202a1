"""The figures of `bench nlu`."""

from dataclasses import replace

import pytest

from onethread.bench.understanding import FALLBACK, Reading, figures, languages_of, understood


def reading(label: str, intent: str, confidence: float = 0.9, ms: float = 1.0) -> Reading:
    return Reading(label, intent, intent if intent != FALLBACK else label, confidence, ms)


def test_a_refused_request_counts_as_wrong() -> None:
    found = figures([reading("greet", "greet"), reading("greet", FALLBACK)])
    assert found.in_scope_accuracy == 0.5
    assert found.in_scope_refused == 0.5
    assert found.best_guess_accuracy == 1.0


def test_what_was_out_of_scope_is_counted_apart() -> None:
    found = figures([reading("greet", "greet"), reading(FALLBACK, FALLBACK), reading(FALLBACK, "greet")])
    assert found.in_scope_accuracy == 1.0
    assert found.out_of_scope_recall == 0.5
    assert found.false_accept_rate == 0.5


def test_f1_of_an_intent_suffers_from_what_is_wrongly_taken_for_it() -> None:
    found = figures([reading("greet", "greet"), reading("thank", "greet"), reading(FALLBACK, "greet")])
    greet = next(line for line in found.intents if line.intent == "greet")
    assert (greet.rows, greet.precision, greet.recall) == (1, pytest.approx(1 / 3), 1.0)
    assert greet.f1 == pytest.approx(0.5)
    assert found.macro_f1 == pytest.approx(0.25)


def test_the_second_macro_f1_leaves_rare_intents_out() -> None:
    rows = [reading("greet", "greet")] * 15 + [reading("thank", "greet")]
    found = figures(rows)
    assert found.macro_f1_enough_rows == pytest.approx(30 / 31)
    assert found.macro_f1 == pytest.approx(15 / 31)


def test_confusions_come_most_frequent_first() -> None:
    rows = [reading("thank", "greet"), reading(FALLBACK, "deny"), reading(FALLBACK, "deny")]
    assert figures(rows).confusions == ((FALLBACK, "deny", 2), ("thank", "greet", 1))


def test_the_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    rows = [reading("greet", "greet", 0.75), reading("thank", "greet", 0.75), reading("greet", FALLBACK, 0.1)]
    assert figures(rows).calibration_error == pytest.approx(0.25)


def test_times_are_told_as_mean_and_p95() -> None:
    rows = [reading("greet", "greet", ms=1.0)] * 19 + [reading("greet", "greet", ms=21.0)]
    assert (figures(rows).ms_mean, figures(rows).ms_p95) == (2.0, 1.0)


def test_the_language_is_judged_where_the_file_says_it_and_the_text_is_long_enough() -> None:
    right = replace(reading("greet", "greet"), language="ro", told="ro")
    rows = [
        right,
        replace(right, told="en"),
        replace(right, told="en", long=False),
        replace(right, language=None),
    ]
    found = figures(rows)
    assert (found.language_rows, found.language_right) == (2, 0.5)


def test_messages_of_each_language_have_figures_of_their_own() -> None:
    rows = [
        replace(reading("greet", "greet"), language="ro", told="en"),
        replace(reading("greet", "thank"), told="en"),
        replace(reading("greet", "thank"), told=None),
    ]
    assert languages_of(rows) == ["ro", "en", "?"]
    found = understood(rows, languages_of(rows))
    assert found.together.rows == 3
    assert {name: apart.in_scope_accuracy for name, apart in found.languages.items()} == {
        "?": 0.0,
        "en": 0.0,
        "ro": 1.0,
    }


def test_a_file_without_one_kind_has_no_figure_for_it() -> None:
    found = figures([reading(FALLBACK, FALLBACK)])
    assert found.in_scope_accuracy is None
    assert found.macro_f1 is None
    assert found.calibration_error is None
    assert found.language_right is None


def test_nothing_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="no labelled message"):
        figures([])
