"""Only the very process that was recorded is ever ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onethread.supervisor import pidfile


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


def test_a_recorded_process_is_found_and_ended(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    path = tmp_path / "a.pid"
    pidfile.record(path, sleeper.pid)
    assert pidfile.recorded(path) == sleeper.pid
    assert pidfile.end(path, (signal.SIGTERM,), grace_s=10)
    assert sleeper.wait(10) == -signal.SIGTERM
    assert not path.exists()


def test_a_process_that_got_the_same_pid_later_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    path = tmp_path / "a.pid"
    path.write_text(f"{sleeper.pid} {pidfile.birth(os.getpid())}\n")
    assert pidfile.recorded(path) is None
    assert not pidfile.end(path, (signal.SIGKILL,), grace_s=1)
    assert sleeper.poll() is None


@pytest.mark.parametrize("content", ["", "nonsense", "12", "x y"])
def test_a_broken_record_names_nobody(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.pid"
    path.write_text(content)
    assert pidfile.recorded(path) is None


def test_a_dead_process_that_nobody_has_waited_for_is_dead(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    path = tmp_path / "a.pid"
    pidfile.record(path, child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    try:
        assert pidfile.recorded(path) is None
    finally:
        child.wait()


def test_one_that_ignores_every_signal_is_said_to_remain(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        path = tmp_path / "a.pid"
        pidfile.record(path, child.pid)
        with pytest.raises(TimeoutError):
            pidfile.end(path, (signal.SIGTERM,), grace_s=0.3)
        child.kill()
