"""What is shown of the figures of one side and of two."""

from onethread.bench.understanding import FALLBACK, Reading, Understood, understood
from onethread.bench.understanding_table import table


def side(*read_as: str) -> Understood:
    """Three messages, two of them of the one language, as one side read them."""
    labels = ("greet", "thank", FALLBACK)
    pairs = zip(labels, read_as, strict=True)
    readings = [Reading(label, taken, taken, 0.5, 2.0, "en", "en") for label, taken in pairs]
    return understood(readings, ["en", "ro", "en"])


def cells(text: str, start: str) -> list[str]:
    """What stands behind a label, in the first line that starts with it."""
    return next(line for line in text.splitlines() if line.startswith(start)).removeprefix(start).split()


def test_both_sides_stand_beside_each_other() -> None:
    shown = table({"onethread": side("greet", "thank", FALLBACK), "stock": side("greet", "greet", "greet")})
    assert cells(shown, "2 messages in scope, 1 out of scope") == ["onethread", "stock"]
    assert cells(shown, "in-scope accuracy (refused counts as wrong)") == ["1.000", "0.500"]
    assert cells(shown, "out-of-scope recall") == ["1.000", "0.000"]
    assert cells(shown, "false accept rate") == ["0.000", "1.000"]
    assert cells(shown, "greet") == ["1", "1.000", "1.000", "1.000", "0.333", "1.000", "0.500"]
    assert "1  thank -> greet" in shown
    assert "taken by stock" in shown
    assert "taken by onethread" not in shown


def test_each_language_has_a_line_a_side() -> None:
    shown = table({"onethread": side("greet", FALLBACK, "greet")})
    assert cells(shown, "en ")[:5] == ["onethread", "1", "1.000", "0.667", "1"]
    assert cells(shown, "ro ")[:5] == ["onethread", "1", "0.000", "0.000", "0"]
    assert cells(shown, "F1 of onethread") == ["en", "ro"]


def test_what_a_file_cannot_tell_is_a_dash() -> None:
    shown = table({"onethread": understood([Reading(FALLBACK, FALLBACK, None, 0.9, 1.0)], ["?"])})
    assert cells(shown, "in-scope accuracy (refused counts as wrong)") == ["-"]
    assert cells(shown, "language right, of messages of >= 3 words") == ["-"]
    assert "precision" not in shown
