"""What `bench turn` reads of the tree, and one small real run of our side."""

from __future__ import annotations

from pathlib import Path

import pytest

from onethread.bench.rooms import CannotMeasure, custom_actions, train_ours

from .run import ROOT, run_bench


def test_the_actions_of_all_domain_files_are_known() -> None:
    assert {"action_order_status", "action_clarify", "action_hand_over"} <= custom_actions(ROOT / "domain")


def test_without_rasas_environment_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CannotMeasure, match="bin/onethread train"):
        train_ours(tmp_path, lambda text: None)


@pytest.mark.slow
@pytest.mark.rasa
def test_a_small_run_of_our_side_writes_figures(tmp_path: Path) -> None:
    read, _ = run_bench(tmp_path, "turn", "--only", "onethread", "--rounds", "1", "--talks", "2")
    assert [(line["concurrency"], line["turns"]) for line in read["figures"]] == [(1, 12), (8, 12)]
    assert read["ratios"] == {}
    assert sum(read["action_calls"]["onethread c=1"].values()) > 0
