"""`bench ingest` in small: every message that was promised is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from .run import run_bench


@pytest.mark.slow
def test_a_small_run_counts_every_message_once(tmp_path: Path) -> None:
    report, shown = run_bench(tmp_path, "ingest", "--quick", "--doors", "twilio_sms", "whatsapp_cloud")
    lines = report["figures"]
    assert [line["server"] for line in lines] == ["the house", "bare handler"] * 2
    assert [line["posted"] for line in lines] == [200, 200, 100, 100]
    for line in lines:
        assert line["posted"] == line["accepted"] == line["kept"]
        assert line["lost"] == 0
        assert 0 < line["p50_ms"] <= line["p95_ms"] <= line["p99_ms"]
    assert set(lines[0]["cpu_ms"]) == {"web", "postgres", "generator"}
    assert report["postgres"] == {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    assert report["flush_ms"] > 0
    assert "p99 ms" in shown
    assert "synchronous_commit" in shown
