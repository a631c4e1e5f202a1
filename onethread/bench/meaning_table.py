"""Shows the figures of `bench meaning` as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onethread.bench.meaning import Point
from onethread.bench.report import columns

Scores = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Side:
    """The figures of one encoder, by language where there are several."""

    memory_mb: float
    ms_mean: float
    ms_p95: float
    rows: Mapping[str, int]
    alone: Mapping[str, Scores]
    """Accuracy, macro-F1 and out-of-scope recall of its own classifier, which has no thresholds."""
    curves: Mapping[str, Sequence[Point]]
    found: Mapping[str, Sequence[float]]
    """By language: the share of questions whose entry comes first by words, by meaning, by both."""


def table(sides: Mapping[str, Side]) -> str:
    """What each encoder costs, what it knows alone, the curve of each language, and the knowledge search."""
    parts = [_alone(sides)]
    for language in next(iter(sides.values())).curves:
        parts += [_curve(name, language, side) for name, side in sides.items()]
    return "\n\n".join([*parts, _search(sides)]) + "\n"


def _alone(sides: Mapping[str, Side]) -> str:
    heads = ("embeddings alone", "language", "messages", "accuracy", "macro-F1", "out-of-scope recall")
    rows: list[Sequence[str]] = [(*heads, "ms mean", "ms p95", "memory MB")]
    rows += [
        (
            *(name, language, str(side.rows[language]), *map(_share, scores)),
            *(f"{side.ms_mean:.1f}", f"{side.ms_p95:.1f}", f"{side.memory_mb:.0f}"),
        )
        for name, side in sides.items()
        for language, scores in side.alone.items()
    ]
    return columns(rows)


def _curve(name: str, language: str, side: Side) -> str:
    heads = ("accuracy", "macro-F1", "out-of-scope recall", "worth", "ms mean", "ms p95", "its say")
    rows: list[Sequence[str]] = [(f"{language}: least sure decided with {name}", *heads)]
    for point in side.curves[language]:
        figures = map(_share, (point.accuracy, point.macro_f1, point.out_of_scope_recall, point.worth))
        weight = sum(mix.weight for mix in point.mixes) / len(point.mixes) if point.share else 0.0
        rows.append(
            (f"{point.share:.0%}", *figures, f"{point.ms_mean:.2f}", f"{point.ms_p95:.2f}", f"{weight:.2f}")
        )
    return columns(rows)


def _search(sides: Mapping[str, Side]) -> str:
    rows: list[Sequence[str]] = [
        ("knowledge: right entry first", "language", "by words", "by meaning", "by both")
    ]
    rows += [
        (name, language, *map(_share, shares))
        for name, side in sides.items()
        for language, shares in side.found.items()
    ]
    return columns(rows)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
