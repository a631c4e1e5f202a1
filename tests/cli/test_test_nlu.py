"""`onethread test-nlu`: how it is called and what it makes of the answers; tests/rasa tests the folds."""

import json
from pathlib import Path

import pytest

from onethread.bench.rooms import CannotMeasure
from onethread.cli import __main__, test_nlu


def test_the_command_is_found_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        __main__.main(["test-nlu", "--help"])
    assert stopped.value.code == 0
    assert "--folds" in capsys.readouterr().out


@pytest.mark.parametrize("folds", ["1", "many"])
def test_fewer_than_two_folds_are_wrong_use(folds: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        test_nlu.main(["--folds", folds])
    assert stopped.value.code == 2


def test_an_answer_is_held_against_the_training_text() -> None:
    answer = {
        "text": "unde e coletul acum",
        "intent": "greet",
        "confidence": 0.7,
        "language": "en",
        "intent_ranking": [{"name": "greet", "confidence": 0.7}],
        "ms": 0.4,
        "label": "order_status",
        "written_in": "ro",
    }
    (found,) = test_nlu.read_answers([json.dumps(answer) + "\n"])
    assert (found.label, found.intent, found.language, found.told, found.long) == (
        *("order_status", "greet"),
        *("ro", "en", True),
    )


@pytest.mark.rasa
def test_without_training_data_there_are_no_figures(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.yml").write_text("recipe: default.v1\nlanguage: en\npipeline: []\n")
    with pytest.raises(CannotMeasure, match="see above"):
        test_nlu.cross_validate(tmp_path, 2)
    assert "There must be labelled texts" in capfd.readouterr().err
