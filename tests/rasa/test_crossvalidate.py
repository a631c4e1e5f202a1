"""bot/crossvalidate.py: each training text is read by a pipeline that has not seen it."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from bot.crossvalidate import deal_out
from tests.rasa.room import ROOT

TEXTS = {
    ("en", "greet"): ["hello", "hi there", "good morning", "hey you", "howdy friend", "greetings all"],
    ("en", "thank"): ["thanks", "cheers mate", "much obliged", "appreciated", "ta", "grateful indeed"],
    ("ro", "greet"): ["buna", "salut", "servus tuturor", "hei", "noroc", "neata oameni"],
    ("ro", "thank"): ["mersi", "multumesc", "recunoscator", "apreciez gestul", "va raman dator", "ms"],
}
CONFIG = """
recipe: default.v1
language: en
pipeline:
  - name: bot.addons.components.entity_finder.OnethreadEntityFinder
  - name: bot.addons.components.intent_classifier.OnethreadIntentClassifier
    folds: 2
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """An assistant that knows two intents in two languages."""
    root = tmp_path_factory.mktemp("assistant")
    (root / "config.yml").write_text(CONFIG)
    for (language, intent), texts in TEXTS.items():
        path = root / "data" / "nlu" / language / f"{intent}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        block = {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        marked = {**block, "metadata": {"language": language}}
        path.write_text(f'version: "3.1"\nnlu: {json.dumps([marked])}\n')
    return root


def run(root, *options):
    return subprocess.run(
        [sys.executable, str(ROOT / "bot/crossvalidate.py"), "--root", str(root), *options],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_text_is_read_once_beside_what_its_file_says(root):
    done = run(root, "--folds", "3")
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    said = sorted((a["written_in"], a["label"], a["text"]) for a in answers)
    assert said == sorted((*key, text) for key, texts in TEXTS.items() for text in texts)
    for answer in answers:
        assert answer["intent"] in {"greet", "thank", "nlu_fallback"}
        assert answer["language"] in {"en", "ro"}
        assert answer["ms"] > 0
    assert "fold 3 of 3" in done.stderr
    assert [path.name for path in root.iterdir() if path.name not in {"config.yml", "data"}] == []


def test_where_there_is_nothing_to_learn_from_it_says_so_in_a_sentence(tmp_path):
    (tmp_path / "config.yml").write_text(CONFIG)
    done = run(tmp_path)
    assert done.returncode == 2
    assert "There must be labelled texts" in done.stderr
    assert "Traceback" not in done.stderr


def test_each_intent_of_each_language_is_spread_over_all_folds():
    rows = [(text, intent, language) for (language, intent), texts in TEXTS.items() for text in texts]
    texts, intents, languages = zip(*rows, strict=True)
    fold_of = deal_out(texts, intents, languages, [], 3)
    spread = Counter(zip(languages, intents, fold_of, strict=True))
    assert len(spread) == 12
    assert set(spread.values()) == {2}


def test_near_copies_stand_in_one_fold():
    texts = ["where is my blue parcel", "where is my blue parcel please", "cancel it", "stop that order now"]
    fold_of = deal_out(texts, ["ask"] * 4, ["en"] * 4, [], 2)
    assert fold_of[0] == fold_of[1]
    assert set(fold_of) == {0, 1}
