"""The figures are what the tallies say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from onethread.bench.load import Tally
from onethread.bench.report import figures, percentile, ratios, table, write_json


def _tally(turns: int, wall_s: float, latency_s: float = 0.01) -> Tally:
    return Tally(
        [latency_s] * turns,
        wall_s=wall_s,
        cpu_s=wall_s / 2,
        actions=Counter(action_order_status=turns),
        rounds_per_s=[turns / wall_s],
    )


def _small_tally() -> Tally:
    return Tally(
        [0.004] * 19 + [0.5],
        wall_s=2.0,
        cpu_s=0.1,
        silent=3,
        actions=Counter(a=4, b=1),
        rounds_per_s=[8.0, 12.0],
    )


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0, 0.5, 0.95, 1)] == [1.0, 50.0, 95.0, 100.0]


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.95) == 7.0


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs values"):
        percentile([], 0.5)
    with pytest.raises(ValueError, match="share"):
        percentile([1.0], 95)


def test_figures_count_turns_by_the_clock() -> None:
    line = figures("onethread", 8, _small_tally())
    assert (line.turns, line.turns_per_s, line.p50_ms, line.p95_ms) == (20, 10.0, 4.0, 4.0)
    assert (line.slowest_round_per_s, line.fastest_round_per_s) == (8.0, 12.0)
    assert (line.action_calls, line.silent_turns, line.cpu_ms_a_turn) == (5, 3, 5.0)


def test_where_computing_time_cannot_be_read_the_table_says_so() -> None:
    tally = _small_tally()
    tally.cpu_s = None
    line = figures("onethread", 1, tally)
    assert line.cpu_ms_a_turn is None
    assert "-" in table([line]).splitlines()[1].split()


def test_a_ratio_compares_the_same_mode_only() -> None:
    lines = [
        figures("stock", 1, _tally(40, 2.0)),
        figures("onethread", 1, _tally(400, 2.0)),
        figures("onethread", 8, _tally(600, 2.0)),
    ]
    assert ratios(lines) == {"c=1": 10.0}


def test_the_table_has_stock_above_ours_in_each_mode() -> None:
    lines = [figures(side, mode, _tally(10, 1.0)) for mode in (8, 1) for side in ("onethread", "stock")]
    rows = [row.split()[:2] for row in table(lines).splitlines()[1:]]
    assert rows == [["stock", "1"], ["onethread", "1"], ["stock", "8"], ["onethread", "8"]]


def test_the_json_holds_figures_ratios_and_surroundings(tmp_path: Path) -> None:
    path = tmp_path / "new" / "turn.json"
    lines = [figures("stock", 1, _tally(10, 1.0)), figures("onethread", 1, _tally(20, 1.0))]
    write_json(path, lines, {"postgres": {"fsync": "on"}})
    read = json.loads(path.read_text())
    assert read["ratios"] == {"c=1": 2.0}
    assert read["postgres"] == {"fsync": "on"}
    assert [line["turns"] for line in read["figures"]] == [10, 20]
