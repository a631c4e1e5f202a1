"""Turns what was labelled and what was understood into the figures of `bench nlu`."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from onethread.bench.report import percentile

FALLBACK = "nlu_fallback"
ENOUGH_ROWS = 15
"""An intent with fewer rows says little about itself: a second macro-F1 leaves it out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One labelled message and what an assistant made of it."""

    label: str
    intent: str
    best_guess: str | None
    confidence: float
    ms: float
    language: str | None = None
    """The language the file says it is in."""
    told: str | None = None
    """The language the assistant took it for; stock Rasa tells none."""
    long: bool = True
    """Long enough to tell a language by: three words and more."""


@dataclass(frozen=True, slots=True)
class IntentFigures:
    """How one intent fared; `recall` counts a refusal as a miss."""

    intent: str
    rows: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some messages. Shares are 0..1; None where there is no row to tell."""

    rows: int
    in_scope_rows: int
    in_scope_accuracy: float | None
    in_scope_refused: float | None
    best_guess_accuracy: float | None
    macro_f1: float | None
    macro_f1_enough_rows: float | None
    out_of_scope_rows: int
    out_of_scope_recall: float | None
    false_accept_rate: float | None
    calibration_error: float | None
    language_rows: int
    language_right: float | None
    ms_mean: float
    ms_p95: float
    intents: tuple[IntentFigures, ...]
    confusions: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """How one side fared with all messages, and with those of each language."""

    together: Figures
    languages: Mapping[str, Figures]


def understood(readings: Sequence[Reading], languages: Sequence[str]) -> Understood:
    """The figures of at least one reading; `languages` names the language of each (see `languages_of`)."""
    apart = {
        name: figures([r for r, own in zip(readings, languages, strict=True) if own == name])
        for name in sorted(set(languages))
    }
    return Understood(figures(readings), apart)


def languages_of(readings: Sequence[Reading]) -> list[str]:
    """What each is counted under: the language the file says, else the one it was taken for."""
    return [reading.language or reading.told or "?" for reading in readings]


def figures(readings: Sequence[Reading]) -> Figures:
    """The figures of at least one reading.

    Raises:
        ValueError: there is none.
    """
    if not readings:
        raise ValueError("There is no labelled message to measure.")
    inside = [reading for reading in readings if reading.label != FALLBACK]
    outside = [reading for reading in readings if reading.label == FALLBACK]
    refused_outside = _share(outside, lambda reading: reading.intent == FALLBACK)
    intents = tuple(_intent_figures(name, readings) for name in sorted({r.label for r in inside}))
    told = [r for r in readings if r.language and r.told and r.long]
    times = [reading.ms for reading in readings]
    confusions = Counter((r.label, r.intent) for r in readings if r.intent != r.label)
    return Figures(
        rows=len(readings),
        in_scope_rows=len(inside),
        in_scope_accuracy=_share(inside, lambda reading: reading.intent == reading.label),
        in_scope_refused=_share(inside, lambda reading: reading.intent == FALLBACK),
        best_guess_accuracy=_share(inside, lambda reading: reading.best_guess == reading.label),
        macro_f1=_mean([line.f1 for line in intents]),
        macro_f1_enough_rows=_mean([line.f1 for line in intents if line.rows >= ENOUGH_ROWS]),
        out_of_scope_rows=len(outside),
        out_of_scope_recall=refused_outside,
        false_accept_rate=None if refused_outside is None else 1 - refused_outside,
        calibration_error=_calibration_error([r for r in readings if r.intent != FALLBACK]),
        language_rows=len(told),
        language_right=_share(told, lambda reading: reading.told == reading.language),
        ms_mean=sum(times) / len(times),
        ms_p95=percentile(times, 0.95),
        intents=intents,
        confusions=tuple((label, intent, count) for (label, intent), count in confusions.most_common()),
    )


def _intent_figures(name: str, readings: Sequence[Reading]) -> IntentFigures:
    labelled = sum(reading.label == name for reading in readings)
    guessed = sum(reading.intent == name for reading in readings)
    right = sum(reading.label == name == reading.intent for reading in readings)
    precision = right / guessed if guessed else 0.0
    return IntentFigures(name, labelled, precision, right / labelled, 2 * right / (labelled + guessed))


def _calibration_error(accepted: Sequence[Reading], bins: int = 10) -> float | None:
    """ECE: how far confidence and truth lie apart on the average, over bins of equal width."""
    if not accepted:
        return None
    off = 0.0
    for number in range(bins):
        held = [r for r in accepted if number == min(bins - 1, int(r.confidence * bins))]
        if held:
            right = sum(reading.intent == reading.label for reading in held) / len(held)
            off += abs(right - sum(reading.confidence for reading in held) / len(held)) * len(held)
    return off / len(accepted)


def _share(readings: Sequence[Reading], holds: Callable[[Reading], bool]) -> float | None:
    return sum(map(holds, readings)) / len(readings) if readings else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
