"""The talks of tests/rasa/stories, led by a dialogue model trained from today's rules and stories."""

import os
import subprocess
import sys

import pytest

from tests.rasa.room import ROOT

ENV = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}


def rasa(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "bot/rasa_cli.py"), *arguments],
        cwd=ROOT,
        env=ENV,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_every_talk_goes_as_written_and_no_rule_contradicts_another(tmp_path):
    trained = rasa("train", "core", "--out", str(tmp_path / "models"))
    assert trained.returncode == 0, trained.stderr[-2000:] + trained.stdout[-2000:]
    [model] = (tmp_path / "models").glob("*.tar.gz")
    out = tmp_path / "results"
    led = rasa(
        "test", "core", "--fail-on-prediction-errors", "--no-plot", "--model", str(model), "--out", str(out)
    )
    failed = out / "failed_test_stories.yml"
    assert led.returncode == 0, failed.read_text() if failed.exists() else led.stderr[-2000:]
