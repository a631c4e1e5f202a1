"""`bench growth`: who speaks how often is fair, pasts are whole, and a small run measures every turn."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from onethread.bench.growing import TEXTS, Took
from onethread.bench.growth import Series, crowd_of, lines_of
from onethread.bench.histories import TALK
from onethread.bench.stock_growing import respaced, split_turns

from .run import run_bench


class _Nobody:
    side = "onethread"


def _series(size: int, times_ms: list[float]) -> Series:
    took = [Took(ms, 1.0, {"rasa": 2.0}) for ms in times_ms]
    return Series(_Nobody(), size, [], len(took), 0.0, took)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [10, 50, 100, 450, 1000, 10_000])
def test_every_text_is_met_equally_often_and_pasts_stay_about_as_long(size: int) -> None:
    crowd = crowd_of(size, 360)
    met = [length + turn for length in crowd.lengths for turn in range(crowd.each)]
    assert len(met) >= 300
    assert len(set(Counter(number % TALK for number in met).values())) == 1
    assert size * 0.39 <= min(met) <= max(met) <= size * 1.71
    assert len(TEXTS) == TALK


def test_costs_are_told_as_multiples_of_the_fiftieth() -> None:
    lines = lines_of([_series(10, [9.0]), _series(50, [9.0, 10.0, 30.0]), _series(1000, [11.0])])
    assert [(line.messages, line.cost, line.base) for line in lines] == [
        (10, 0.9, 50),
        (50, 1.0, 50),
        (1000, 1.1, 50),
    ]


def test_stocks_past_is_its_own_turns_again_in_order() -> None:
    events = [{"event": "action", "timestamp": 1.0}]
    for number in range(3):
        events += [
            {"event": "user", "timestamp": 10.0 * number},
            {"event": "bot", "timestamp": 10.0 * number + 1},
        ]
    before, turns = split_turns(events)
    assert (len(before), [len(turn) for turn in turns]) == (1, [2, 2, 2])
    again = respaced(before, [*turns, *turns], now=1e9)
    times = [float(str(event["timestamp"])) for event in again]
    assert times == sorted(times)
    assert times[-1] == 1e9 - 300 + 1
    assert [event["event"] for event in again] == ["action", *["user", "bot"] * 6]


@pytest.mark.slow
@pytest.mark.rasa
def test_a_small_run_measures_every_turn(tmp_path: Path) -> None:
    report, shown = run_bench(tmp_path, "growth", "--quick")
    assert [(line["side"], line["messages"]) for line in report["figures"]] == [
        ("onethread", 10),
        ("onethread", 100),
    ]
    for line in report["figures"]:
        assert line["turns"] == 12
        assert 0 < line["rasa_p50_ms"] < line["p50_ms"] <= line["p95_ms"]
        assert set(line["cpu_ms"]) == {"worker", "rasa", "actions", "postgres"}
    assert report["figures"][0]["cost"] == 1
    assert report["postgres"]["fsync"] == "on"
    assert "messages before" in shown
