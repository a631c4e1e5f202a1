"""`bench start` in small: every start ends in an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from .run import run_bench


@pytest.mark.slow
@pytest.mark.rasa
def test_a_small_run_times_every_start(tmp_path: Path) -> None:
    report, shown = run_bench(tmp_path, "start", "--quick")
    times = {line["what"]: line["seconds"] for line in report["figures"]}
    assert list(times) == [
        "our Rasa",
        "instance ready, on an empty data directory",
        "first answer, on an empty data directory",
        "instance ready, again",
        "first answer, again",
    ]
    assert all(len(each) == 1 and each[0] > 0 for each in times.values())
    for which in ("on an empty data directory", "again"):
        assert times[f"instance ready, {which}"] < times[f"first answer, {which}"]
    assert report["postgres"]["full_page_writes"] == "on"
    assert "median s" in shown
