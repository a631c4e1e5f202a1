"""Shows the figures of understanding as text: of one side, or of several beside each other."""

from collections.abc import Callable, Mapping, Sequence

from onethread.bench.report import columns
from onethread.bench.understanding import ENOUGH_ROWS, Figures, Understood

_CONFUSIONS_SHOWN = 15
_LINES: tuple[tuple[str, Callable[[Figures], float | None]], ...] = (
    ("in-scope accuracy (refused counts as wrong)", lambda found: found.in_scope_accuracy),
    ("  refused", lambda found: found.in_scope_refused),
    ("  best guess right", lambda found: found.best_guess_accuracy),
    ("macro-F1 over all in-scope intents", lambda found: found.macro_f1),
    (f"macro-F1 over those with >= {ENOUGH_ROWS} rows", lambda found: found.macro_f1_enough_rows),
    ("out-of-scope recall", lambda found: found.out_of_scope_recall),
    ("false accept rate", lambda found: found.false_accept_rate),
    ("calibration error (ECE) of what was accepted", lambda found: found.calibration_error),
    ("language right, of messages of >= 3 words", lambda found: found.language_right),
)


def table(sides: Mapping[str, Understood]) -> str:
    """The figures of all messages, of each language and of each intent, and what is confused most often."""
    parts = [_together(sides), _languages(sides), _intents(sides)]
    parts += [_by_language(name, side) for name, side in sides.items()]
    parts += [_confusions(name, side.together, alone=len(sides) == 1) for name, side in sides.items()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _together(sides: Mapping[str, Understood]) -> str:
    every = [side.together for side in sides.values()]
    rows = [(_counts(every[0]), *sides)]
    rows += [(label, *(_share(tell(found)) for found in every)) for label, tell in _LINES]
    rows += [("ms per message, mean", *(f"{found.ms_mean:.2f}" for found in every))]
    rows += [("ms per message, p95", *(f"{found.ms_p95:.2f}" for found in every))]
    return columns(rows)


def _counts(found: Figures) -> str:
    return f"{found.in_scope_rows} messages in scope, {found.out_of_scope_rows} out of scope"


def _languages(sides: Mapping[str, Understood]) -> str:
    heads = (
        *("language", "side", "in scope", "accuracy", "macro-F1", "out of scope", "recall", "false accepts"),
        *("ECE", "language right"),
    )
    names = sorted({name for side in sides.values() for name in side.languages})
    rows = [
        (
            *(name, side, str(found.in_scope_rows), _share(found.in_scope_accuracy)),
            *(_share(found.macro_f1), str(found.out_of_scope_rows), _share(found.out_of_scope_recall)),
            *(_share(found.false_accept_rate), _share(found.calibration_error)),
            _share(found.language_right),
        )
        for name in names
        for side, understood in sides.items()
        for found in [understood.languages[name]]
    ]
    return columns([heads, *rows])


def _intents(sides: Mapping[str, Understood]) -> str:
    every = [side.together.intents for side in sides.values()]
    if not every[0]:
        return ""
    heads = ["intent", "rows"]
    for name in sides:
        of = "" if len(sides) == 1 else f"{name} "
        heads += [f"{of}precision", "recall", "F1"]
    rows: list[Sequence[str]] = [heads]
    for lines in zip(*every, strict=True):
        row = [lines[0].intent, str(lines[0].rows)]
        for line in lines:
            row += [_share(line.precision), _share(line.recall), _share(line.f1)]
        rows.append(row)
    return columns(rows)


def _by_language(name: str, side: Understood) -> str:
    """F1 of each intent in each language, where there are several."""
    if len(side.languages) == 1:
        return ""
    f1 = {
        (line.intent, language): f"{line.f1:.2f}"
        for language, found in side.languages.items()
        for line in found.intents
    }
    intents = [line.intent for line in side.together.intents]
    rows = [(f"F1 of {name}", *side.languages)]
    rows += [
        (intent, *(f1.get((intent, language), "-") for language in side.languages)) for intent in intents
    ]
    return columns(rows)


def _confusions(name: str, found: Figures, *, alone: bool) -> str:
    lines = ["taken for something else most often:" if alone else f"taken by {name} for something else:"]
    lines += [
        f"{count:>6}  {label} -> {intent}" for label, intent, count in found.confusions[:_CONFUSIONS_SHOWN]
    ]
    return "\n".join(lines) if len(lines) > 1 else ""


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
