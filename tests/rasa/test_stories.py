"""The talks of tests/rasa/stories, led by a dialogue model trained from today's rules and stories.

Those in a language's folder are also understood by the whole model, and played over the real path by
tests/e2e/test_scripted.py; what the customer must hear stands in their metadata.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.rasa.room import ROOT

ENV = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
STORIES = ROOT / "tests/rasa/stories"
LANGUAGES = ("en", "ro", "ru", "zh")


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


def button_titles(language):
    """What the assistant's buttons say: a title typed or tapped is its button, not read."""
    files = [*sorted((ROOT / "domain/responses").glob("*.yml")), ROOT / f"content/clarify/{language}.yml"]
    written = " ".join(path.read_text("utf-8") for path in files)
    return set(re.findall(r'title: "?([^"\n]+)"?', written)) | set(
        re.findall(r": (.+)", files[-1].read_text("utf-8"))
    )


def heard(language):
    """(file, text, intents) of every message of the language's talks that is really read.

    Most are read in one way only. Of two requests in one message either may be taken for the whole, and a
    correction or despair is answered alike however it is read (tests/actions).
    """
    titles = button_titles(language)
    for path in sorted((STORIES / language).glob("test_*.yml")):
        for story in yaml.safe_load(path.read_text("utf-8"))["stories"]:
            for step in story["steps"]:
                if "user" in step and step["user"] not in titles:
                    also = story["metadata"].get("also_read_as", {}).get(step["user"], [])
                    yield path.name, step["user"], [step["intent"], *also]


@pytest.fixture(scope="session")
def model():
    """Today's whole model, as the house would train it."""
    made = subprocess.run(
        [sys.executable, str(ROOT / "bot/train.py")], env=ENV, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return Path(made.stdout.rsplit("model ", 1)[1].strip())


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_a_talk_is_understood_as_written(model, language):
    written = list(heard(language))
    assert len({name for name, _, _ in written}) >= 10
    read = subprocess.run(
        [sys.executable, str(ROOT / "bot/parse.py"), str(model)],
        input="".join(f"{text}\n" for _, text, _ in written),
        env=ENV,
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.returncode == 0, read.stderr
    told = [json.loads(line)["intent"] for line in read.stdout.splitlines()]
    wrong = [
        (name, text, f"{got} instead of {' or '.join(intents)}")
        for (name, text, intents), got in zip(written, told, strict=True)
        if got not in intents
    ]
    assert wrong == []
