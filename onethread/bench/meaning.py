"""What sentence embeddings add where our own classifier is least sure: the curve of `bench meaning`. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from onethread.bench.report import percentile
from onethread.bench.understanding import FALLBACK, Reading, figures

SHARES = (0.0, 0.01, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Parts of the messages, the least sure ones, that embeddings have a say in."""
WEIGHTS = (0.25, 0.5, 0.75, 1.0)
LEAST = tuple(step / 20 for step in range(14))
COST_WRONG, COST_INTRUDER = 0.4, 2.0
"""Beside 1 for a right act: the costs that the thresholds of our own classifier are chosen by."""
_SEEDS = range(5)


@dataclass(frozen=True, slots=True)
class Heard:
    """A labelled message read twice; chances are in the order of the intents, the refusal among them."""

    label: str
    decided: str
    """What our own classifier makes of it, `nlu_fallback` included."""
    certain: bool
    """Not open to doubt: nothing but numbers, or a request beside small talk."""
    by_words: Sequence[float]
    by_meaning: Sequence[float]
    words_ms: float
    meaning_ms: float

    @property
    def sureness(self) -> float:
        """How far the likeliest is ahead of the next; more than 1 when it is certain."""
        first, second = sorted(self.by_words)[:-3:-1]
        return 2.0 if self.certain else first - second


@dataclass(frozen=True, slots=True)
class Mix:
    """How both together decide: the say of the embedding (0..1), and the least chance that is acted on."""

    weight: float
    least: float


@dataclass(frozen=True, slots=True)
class Point:
    """The curve at one share of messages asked. Figures are 0..1; None where no row tells."""

    share: float
    accuracy: float | None
    macro_f1: float | None
    out_of_scope_recall: float | None
    worth: float
    """Of a message, by the costs of training: 1 right, 0 refused, -0.4 taken for another, -2 an intruder."""
    ms_mean: float
    ms_p95: float
    mixes: Sequence[Mix]
    """What was tuned: one where it was tuned on other rows, two a cut where on halves of the same."""


Decided = Sequence[tuple[str, str]]
"""(label, what it was taken for)."""


def decide(heard: Heard, intents: Sequence[str], mix: Mix) -> str:
    """What both together make of a message."""
    best, chance, refused = _best(heard, intents, mix.weight)
    return FALLBACK if refused or chance < mix.least else best


def least_sure(rows: Sequence[Heard], share: float) -> set[int]:
    """Places of that part of the rows, the least sure ones; equals in their order."""
    order = sorted(range(len(rows)), key=lambda place: (rows[place].sureness, place))
    return set(order[: round(share * len(rows))])


def tune(rows: Sequence[Heard], intents: Sequence[str], share: float) -> Mix:
    """The mix that pays best on these rows, when it is asked for that part of them."""
    asked = [rows[place] for place in sorted(least_sure(rows, share))]
    best, most = Mix(0.0, 0.0), float("-inf")
    for weight in WEIGHTS:
        guesses = [(one.label, *_best(one, intents, weight)) for one in asked]
        for least in LEAST:
            worth = sum(
                _worth(label, FALLBACK if refused or chance < least else guess)
                for label, guess, chance, refused in guesses
            )
            if worth > most:
                best, most = Mix(weight, least), worth
    return best


def curve(rows: Sequence[Heard], intents: Sequence[str], tuned_on: Sequence[Heard]) -> list[Point]:
    """The curve of rows, mixes tuned on other rows; an empty `tuned_on`: on halves of the rows themselves.

    Each half is then measured with what the other one taught, over five cuts into halves by a fixed seed.
    """
    return [_point(rows, intents, tuned_on, share) for share in SHARES]


def halves(rows: Sequence[Heard], seed: int) -> tuple[list[Heard], list[Heard]]:
    """Two halves in which every label has its part."""
    chance = random.Random(seed)  # noqa: S311
    parts: tuple[list[Heard], list[Heard]] = ([], [])
    turn = 0
    for label in sorted({one.label for one in rows}):
        alike = [one for one in rows if one.label == label]
        chance.shuffle(alike)
        for one in alike:
            parts[turn % 2].append(one)
            turn += 1
    return parts


def meaning_alone(rows: Sequence[Heard], intents: Sequence[str]) -> Decided:
    """What the embedding's own classifier takes each for, with no threshold."""
    return [(one.label, decide(one, intents, Mix(1.0, 0.0))) for one in rows]


def scores(decided: Decided) -> tuple[float | None, float | None, float | None]:
    """Accuracy in scope, macro-F1 over the intents in scope, and out-of-scope recall."""
    if not decided:
        return None, None, None
    told = figures([Reading(label, taken, None, 1.0, 0.0) for label, taken in decided])
    return told.in_scope_accuracy, told.macro_f1, told.out_of_scope_recall


def _point(rows: Sequence[Heard], intents: Sequence[str], tuned_on: Sequence[Heard], share: float) -> Point:
    if tuned_on:
        pairs = [(tuned_on, rows)]
    else:
        cuts = [halves(rows, seed) for seed in _SEEDS]
        pairs = [pair for one, other in cuts for pair in ((one, other), (other, one))]
    mixes, parts, times = [], [], []
    for teaching, measured in pairs:
        mix = tune(teaching, intents, share)
        asked = least_sure(measured, share)
        mixes.append(mix)
        parts.append(
            [
                (one.label, decide(one, intents, mix) if place in asked else one.decided)
                for place, one in enumerate(measured)
            ]
        )
        times += [
            one.words_ms + (one.meaning_ms if place in asked else 0.0) for place, one in enumerate(measured)
        ]
    accuracy, f1, recall = (_mean(column) for column in zip(*map(scores, parts), strict=True))
    worth = sum(_worth(*one) for part in parts for one in part) / len(times)
    mean = sum(times) / len(times)
    return Point(share, accuracy, f1, recall, worth, mean, percentile(times, 0.95), tuple(mixes))


def _best(heard: Heard, intents: Sequence[str], weight: float) -> tuple[str, float, bool]:
    """The likeliest intent in scope, its chance, and whether a refusal is likelier."""
    mixed = {
        intent: (1 - weight) * words + weight * meaning
        for intent, words, meaning in zip(intents, heard.by_words, heard.by_meaning, strict=True)
    }
    refusal = mixed.pop(FALLBACK, 0.0)
    best = max(sorted(mixed), key=lambda intent: mixed[intent])
    return best, mixed[best], refusal > mixed[best]


def _worth(label: str, taken: str) -> float:
    if label == taken:
        return 1.0
    if taken == FALLBACK:
        return 0.0
    return -COST_INTRUDER if label == FALLBACK else -COST_WRONG


def _mean(values: Sequence[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return sum(told) / len(told) if told else None
