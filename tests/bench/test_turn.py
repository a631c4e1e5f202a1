"""What `bench turn` reads of the tree, and one small real run of our side."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from onethread.bench.turn import CannotMeasure, custom_actions, train_ours

ROOT = Path(__file__).resolve().parents[2]


def test_the_actions_of_all_domain_files_are_known() -> None:
    assert {"action_order_status", "action_clarify", "action_hand_over"} <= custom_actions(ROOT / "domain")


def test_without_rasas_environment_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CannotMeasure, match="bin/onethread train"):
        train_ours(tmp_path, lambda text: None)


@pytest.mark.slow
@pytest.mark.rasa
def test_a_small_run_of_our_side_writes_figures(tmp_path: Path) -> None:
    out = tmp_path / "turn.json"
    words = ["bench", "turn", "--only", "onethread", "--rounds", "1", "--talks", "2", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "onethread.cli", *words],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    read = json.loads(out.read_text())
    assert [(line["concurrency"], line["turns"]) for line in read["figures"]] == [(1, 12), (8, 12)]
    assert read["ratios"] == {}
    assert sum(read["action_calls"]["onethread c=1"].values()) > 0
