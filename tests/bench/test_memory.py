"""`bench memory` in small: every process of an instance is weighed twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from .run import run_bench


@pytest.mark.slow
@pytest.mark.rasa
def test_a_small_run_weighs_every_process_twice(tmp_path: Path) -> None:
    report, shown = run_bench(tmp_path, "memory", "--quick")
    names = [line["process"] for line in report["figures"]]
    assert names == ["actions", "postgres", "rasa-1", "supervisor", "valkey", "web", "worker-1"]
    for line in report["figures"]:
        for weight in (line["at_start"], line["after"]):
            assert 1 < weight["pss_mb"] <= weight["rss_mb"]
    assert report["turns"] == {"onethread": 30}
    assert report["postgres"]["synchronous_commit"] == "on"
    assert "RSS after" in shown
