"""Turns tallies into figures, a table for people and JSON for machines."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from onethread.bench.load import Tally


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed (nearest rank).

    Raises:
        ValueError: no values, or a share outside 0..1.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError("A percentile needs values and a share from 0 to 1.")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the table: one side in one mode."""

    side: str
    concurrency: int
    turns: int
    turns_per_s: float
    slowest_round_per_s: float
    fastest_round_per_s: float
    p50_ms: float
    p95_ms: float
    cpu_ms_a_turn: float | None
    action_calls: int
    silent_turns: int


def figures(side: str, concurrency: int, tally: Tally) -> Figures:
    """The figures of a tally that holds at least one turn."""
    return Figures(
        side=side,
        concurrency=concurrency,
        turns=tally.turns,
        turns_per_s=round(tally.turns_per_s, 1),
        slowest_round_per_s=round(min(tally.rounds_per_s), 1),
        fastest_round_per_s=round(max(tally.rounds_per_s), 1),
        p50_ms=round(percentile(tally.latencies_s, 0.50) * 1000, 2),
        p95_ms=round(percentile(tally.latencies_s, 0.95) * 1000, 2),
        cpu_ms_a_turn=None if tally.cpu_s is None else round(tally.cpu_s / tally.turns * 1000, 2),
        action_calls=tally.actions.total(),
        silent_turns=tally.silent,
    )


def ratios(lines: Sequence[Figures]) -> dict[str, float]:
    """By concurrency (`"c=8"`): how many times the turns per second of stock the other side does."""
    by_mode = {(line.side, line.concurrency): line.turns_per_s for line in lines}
    return {
        f"c={mode}": round(speed / by_mode["stock", mode], 2)
        for (side, mode), speed in by_mode.items()
        if side != "stock" and by_mode.get(("stock", mode))
    }


_HEADS = ("side", "c", "turns", "turns/s", "(rounds)", "p50 ms", "p95 ms", "CPU ms", "action calls", "silent")


def table(lines: Sequence[Figures]) -> str:
    """The figures as text in columns."""
    rows = [_HEADS] + [
        (
            line.side,
            str(line.concurrency),
            str(line.turns),
            f"{line.turns_per_s:.1f}",
            f"{line.slowest_round_per_s:.0f}-{line.fastest_round_per_s:.0f}",
            f"{line.p50_ms:.1f}",
            f"{line.p95_ms:.1f}",
            "-" if line.cpu_ms_a_turn is None else f"{line.cpu_ms_a_turn:.1f}",
            str(line.action_calls),
            str(line.silent_turns),
        )
        for line in sorted(lines, key=lambda line: (line.concurrency, line.side != "stock"))
    ]
    return columns(rows)


def write_json(path: Path, lines: Sequence[Figures], about: Mapping[str, object]) -> None:
    """Keeps the figures, the ratios and what the run was about; makes the folder."""
    write_report(path, {**about, "figures": [asdict(line) for line in lines], "ratios": ratios(lines)})


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length as aligned text: the first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def write_report(path: Path, whole: Mapping[str, object]) -> None:
    """Keeps all of a run as JSON for machines; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(whole, indent=2, sort_keys=True, default=str) + "\n", encoding="utf-8")
