"""bot/parse.py: texts in, one JSON object a line out."""

import json
import subprocess
import sys

import pytest

from tests.rasa.room import ROOT


@pytest.fixture(scope="module")
def read(fixture_models):
    model = next(fixture_models.glob("onethread-*.tar.gz"))

    def run(texts, *options):
        return subprocess.run(
            [sys.executable, str(ROOT / "bot/parse.py"), str(model), *options],
            input=texts,
            capture_output=True,
            check=False,
        )

    return run


def test_each_line_is_answered_in_order_by_one_object(read):
    texts = ["hi", "", "caf\u00e9 \u2028 na\u00efve", "/greet", "order 1042 \U0001f621"]
    done = read("\n".join(texts).encode())
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    assert [answer["text"] for answer in answers] == texts
    for answer in answers:
        assert list(answer) == ["text", "intent", "confidence", "language", "entities", "intent_ranking"]
        assert answer["language"] == "en"
        assert isinstance(answer["intent"], str)
        assert 0 <= answer["confidence"] <= 1
        assert all(list(entity) == ["entity", "value", "start", "end"] for entity in answer["entities"])


def test_odd_bytes_and_line_ends_do_not_stop_it_and_timed_adds_what_each_took(read):
    done = read(b"hi\r\n\xff\xfe hi\n", "--timed")
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    assert [answer["text"] for answer in answers] == ["hi", "\ufffd\ufffd hi"]
    assert all(answer["ms"] > 0 for answer in answers)


def test_rasas_own_agent_answers_in_the_same_shape_and_tells_no_language(read):
    done = read(b"hello\n\n", "--stock", "--timed")
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(line) for line in done.stdout.decode().split("\n")[:-1])
    assert (first["text"], first["intent"], first["language"]) == ("hello", "greet", None)
    assert (second["text"], second["intent"]) == ("", "nlu_fallback")
    assert list(first) == list(second)
    assert first["ms"] > 0


def test_a_model_that_is_none_is_said_in_a_sentence(tmp_path):
    broken = tmp_path / "onethread-none.tar.gz"
    done = subprocess.run(
        [sys.executable, str(ROOT / "bot/parse.py"), str(broken)],
        input=b"hi\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"onethread-none.tar.gz could not be loaded" in done.stderr
