"""Processes are weighed together with what they started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onethread.bench.weights import computed_s, parts_of, weighed
from onethread.supervisor import pidfile

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

_BUSY_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(9**7))'], check=True)"


def test_what_an_ended_child_computed_counts_for_its_parent() -> None:
    before = computed_s({"me": os.getpid()})["me"]
    subprocess.run([sys.executable, "-c", _BUSY_CHILD], check=True)
    assert computed_s({"me": os.getpid()})["me"] > before


def test_memory_of_a_living_child_is_added() -> None:
    alone = weighed({"me": os.getpid()})["me"]
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        while Path(f"/proc/{child.pid}/statm").read_text().split()[1] == "0":
            pass
        both = weighed({"me": os.getpid(), "child": child.pid})
        child.communicate(b"\n")
    assert both["me"].rss_mb > alone.rss_mb
    assert 0 < both["child"].pss_mb <= both["child"].rss_mb


def test_a_process_that_is_gone_weighs_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert weighed({"gone": child.pid})["gone"].rss_mb == 0
    assert computed_s({"gone": child.pid}) == {"gone": 0}


def test_the_parts_of_an_instance_are_those_that_live(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    pidfile.record(run / "web.pid", os.getpid())
    pidfile.record(run / "supervisor.pid", os.getpid())
    (run / "worker-1.pid").write_text("1 another birth\n")
    assert parts_of(tmp_path) == {"web": os.getpid()}
