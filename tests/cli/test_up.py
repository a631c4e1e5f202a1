"""What `up` refuses before it starts anything."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from onethread.settings import ROOT


def run_up(data_dir: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "onethread.cli", "up", "--data-dir", str(data_dir), *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_taken_port_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run_up(tmp_path / "var", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr == f"onethread: Port {port} on 127.0.0.1 is taken; choose another one with --port.\n"


def test_half_a_section_is_one_sentence_that_names_all_that_is_missing(tmp_path: Path) -> None:
    done = run_up(tmp_path / "var", TWILIO_ACCOUNT_SID="AC00000000000000000000000000000009")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "TWILIO_AUTH_TOKEN" in done.stderr
    assert "TWILIO_SMS_FROM" in done.stderr


def test_a_wrong_option_is_exit_2(tmp_path: Path) -> None:
    assert run_up(tmp_path / "var", "--port", "0").returncode == 2
    assert run_up(tmp_path / "var", "--workers", "none").returncode == 2
