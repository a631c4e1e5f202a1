"""Two `up`s on one data directory, and what a killed one leaves."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from onethread.settings import ROOT
from onethread.supervisor import pidfile
from onethread.supervisor.claim import claim, end_instance, make_folders

HOLDER = """
import sys, time
from pathlib import Path
from onethread.supervisor.claim import claim, make_folders
folder = Path(sys.argv[1]); make_folders(folder)
held = claim(folder, print)
print("held", flush=True)
time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", HOLDER, str(folder)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    return child


def test_a_second_up_ends_the_first_and_takes_over(tmp_path: Path) -> None:
    with holder(tmp_path / "var") as first:
        said: list[str] = []
        with claim(tmp_path / "var", said.append):
            assert first.wait(10) != 0
            assert pidfile.recorded(tmp_path / "var" / "run" / "supervisor.pid") == os.getpid()
        assert said == [f"another `up` (process {first.pid}) runs on {tmp_path / 'var'}; ending it"]


def test_children_of_a_killed_supervisor_are_ended_and_others_left_alone(tmp_path: Path) -> None:
    make_folders(tmp_path / "var")
    run = tmp_path / "var" / "run"
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(sleep) as ours, subprocess.Popen(sleep) as stranger:
        pidfile.record(run / "worker-1.pid", ours.pid)
        (run / "web.pid").write_text(f"{stranger.pid} born-in-another-boot\n")
        said: list[str] = []
        with claim(tmp_path / "var", said.append):
            assert ours.wait(10) != 0
            assert stranger.poll() is None
        assert said == ["ended worker-1, which an earlier start had left behind"]
        stranger.kill()


def test_down_without_an_instance_says_so(tmp_path: Path) -> None:
    make_folders(tmp_path / "var")
    assert end_instance(tmp_path / "var", print) is False
    assert end_instance(tmp_path / "never-made", print) is False


@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_an_existing_data_directory_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    folder.chmod(mode)
    make_folders(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == mode
    assert stat.S_IMODE((folder / "run").stat().st_mode) == 0o700
