from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from onethread.cli import simulate
from onethread.cli.simulate import Wanted, lines_of
from onethread.supervisor.demo import demo_settings

HERE = "http://127.0.0.1:8810"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lines(env: Mapping[str, str]) -> list[str]:
    return [line.key for line in lines_of(Wanted(8810, "http://127.0.0.1:9", "", env))]


def test_it_serves_the_page_and_every_fake_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    env = os.environ | demo_settings({}, tmp_path, url) | {"ONETHREAD_PUBLIC_URL": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "onethread.cli", "simulate", "--port", str(port)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Phones: {url}/\n"
        with httpx.Client(base_url=url, trust_env=False) as http:
            lines = [line["key"] for line in http.get("/state").json()["lines"]]
            sent = [http.get(f"/{name}/control/sent").json() for name in ("twilio", "meta", "telegram")]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert lines == ["sms", "whatsapp_twilio", "whatsapp", "telegram"]
    assert sent == [[], [], []]


def test_it_stands_in_for_no_account_that_leads_elsewhere(tmp_path: Path) -> None:
    env = demo_settings({}, tmp_path, HERE)
    assert _lines(env | {"TWILIO_API_URL": ""}) == ["whatsapp", "telegram"]
    assert _lines(env | {"WHATSAPP_API_URL": "https://graph.facebook.com"}) == [
        "sms",
        "whatsapp_twilio",
        "telegram",
    ]
    with pytest.raises(ValueError, match="no door leads here"):
        _lines(demo_settings({}, tmp_path, "http://127.0.0.1:8811"))


def test_a_demo_bot_has_no_name_that_somebody_else_may_have(tmp_path: Path) -> None:
    lines = lines_of(Wanted(8810, "http://127.0.0.1:9", "", demo_settings({}, tmp_path, HERE)))
    (telegram,) = [line.platform for line in lines if line.key == "telegram"]
    assert "username" not in telegram.bot  # type: ignore[attr-defined]


def test_what_is_missing_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ONETHREAD_PUBLIC_URL", "TWILIO_API_URL", "WHATSAPP_API_URL", "TELEGRAM_API_URL"):
        monkeypatch.delenv(name, raising=False)
    assert simulate.main([]) == 2
    assert "ONETHREAD_PUBLIC_URL" in capsys.readouterr().err
    assert simulate.main(["--public-url", "http://127.0.0.1:9"]) == 2
    assert f"TELEGRAM_API_URL={HERE}/telegram" in capsys.readouterr().err


def test_a_taken_port_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ONETHREAD_PUBLIC_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(simulate, "setproctitle", lambda title: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for name, value in demo_settings({}, tmp_path, f"http://127.0.0.1:{port}").items():
            monkeypatch.setenv(name, value)
        assert simulate.main(["--port", str(port)]) == 2
    assert f"port {port} cannot be used" in capsys.readouterr().err
