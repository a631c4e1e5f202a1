"""`onethread parse`: how Rasa is called. What it prints is tested there (tests/rasa/components)."""

from pathlib import Path

import pytest

from onethread.cli import parse
from onethread.settings import ROOT


def test_unknown_words_are_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse.main(["texts.txt"])
    assert stopped.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err


def test_the_reader_is_rasas_python_with_the_model() -> None:
    python, script, model, *options = parse.reader(Path("models/onethread-abc.tar.gz"), timed=True)
    assert Path(python).is_relative_to(ROOT / ".venvs" / "bot")
    assert Path(script).is_file()
    assert (model, options) == ("models/onethread-abc.tar.gz", ["--timed"])


def test_nothing_of_the_houses_python_reaches_rasas() -> None:
    given = {"PYTHONPATH": "/house", "PYTHONHOME": "/x", "HOME": "/home/me", "ONETHREAD_MODELS_DIR": "/m"}
    env = parse.rasa_environment(given)
    assert "PYTHONPATH" not in env
    assert "PYTHONHOME" not in env
    assert (env["HOME"], env["ONETHREAD_MODELS_DIR"]) == ("/home/me", "/m")
    assert env["RASA_TELEMETRY_ENABLED"] == "false"
