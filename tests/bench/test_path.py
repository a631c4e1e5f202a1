"""`bench path` in small: a whole instance answers every message once."""

from __future__ import annotations

from pathlib import Path

import pytest

from .run import run_bench


@pytest.mark.slow
@pytest.mark.rasa
def test_a_small_run_answers_every_message_once(tmp_path: Path) -> None:
    report, shown = run_bench(tmp_path, "path", "--quick")
    assert [line["load"]["rate"] for line in report["figures"]] == [5, 10]
    for line in report["figures"]:
        counts = line["counts"]
        assert line["adds_up"]
        assert counts["posted"] == counts["accepted"] == line["load"]["rate"] * 3
        assert counts["accepted"] == counts["answered"] + counts["silent"]
        assert {counts[name] for name in ("waiting", "dead", "lost", "doubled", "unasked")} == {0}
        assert 0 < line["p50_ms"] <= line["p95_ms"] <= line["p99_ms"]
        assert {"web", "worker-1", "rasa-1", "actions", "postgres", "valkey", "generator"} <= set(
            line["cpu_ms"]
        )
        assert line["house_cpu_ms"] > 0
    assert report["postgres"]["synchronous_commit"] == "on"
    assert "CPU ms a message" in shown
