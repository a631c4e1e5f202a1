from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from onethread.cli import simulate


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_serves_the_page_until_it_is_told_to_stop() -> None:
    port = _free_port()
    env = os.environ | {"TWILIO_AUTH_TOKEN": "t", "ONETHREAD_PUBLIC_URL": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "onethread.cli", "simulate", "--port", str(port)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Phones: http://127.0.0.1:{port}/\n"
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        assert process.wait(timeout=10) == 0
    assert time.monotonic() - started < 10


def test_what_is_missing_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("TWILIO_AUTH_TOKEN", "ONETHREAD_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    assert simulate.main([]) == 2
    said = capsys.readouterr().err
    assert "TWILIO_AUTH_TOKEN" in said
    assert "ONETHREAD_PUBLIC_URL" in said


def test_a_taken_port_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "t")
    monkeypatch.setenv("ONETHREAD_PUBLIC_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(simulate, "setproctitle", lambda title: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert simulate.main(["--port", str(port)]) == 2
    assert f"port {port} cannot be used" in capsys.readouterr().err
