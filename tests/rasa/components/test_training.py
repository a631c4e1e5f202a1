"""How sure to be and when to refuse, learnt from texts the model has not seen."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bot.addons.components.features import build
from bot.addons.components.fitting import Effort, descend, fit, merge_copies
from bot.addons.components.training import (
    choose_thresholds,
    matrix,
    split_folds,
    unseen_scores,
)

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("greet", "nlu_fallback", "thank")


def chances(*rows):
    return np.array(rows)


def test_an_intent_that_draws_intruders_gets_a_high_threshold():
    unseen = chances(*[(0.9, 0.1, 0.0)] * 10, *[(0.5, 0.4, 0.1)] * 10, *[(0.1, 0.1, 0.8)] * 10)
    labels = np.array([0] * 10 + [1] * 10 + [2] * 10)
    thresholds = choose_thresholds(unseen, labels, NAMES, Effort())
    assert 0.5 < thresholds["greet"] <= 0.9
    assert "nlu_fallback" not in thresholds


def test_without_intruders_little_is_refused():
    unseen = chances(*[(0.4, 0.3, 0.3)] * 10, *[(0.2, 0.7, 0.1)] * 10)
    thresholds = choose_thresholds(unseen, np.array([0] * 10 + [1] * 10), NAMES, Effort())
    assert thresholds["greet"] <= 0.4


def test_without_out_of_scope_examples_nothing_is_refused():
    unseen = chances((0.6, 0.4), (0.4, 0.6))
    assert choose_thresholds(unseen, np.array([0, 1]), ("greet", "thank"), Effort()) == {
        "greet": 0.0,
        "thank": 0.0,
    }


def test_near_copies_do_not_vouch_for_one_another():
    """Only the copies hold the word that gives them away: judged without each other, nothing does."""
    texts = ["zanzibar please now", "zanzibar please now now", "zanzibar now please"] + [
        "send it",
        "bring it",
    ] * 2
    labels = np.array([0, 0, 0, 1, 1, 1, 1])
    features = matrix(texts, build(texts, {}))
    seen_all, _ = fit(features, labels, 2, Effort())
    fold_of = split_folds(features, 2)
    models = [fit(features[fold_of != fold], labels[fold_of != fold], 2, Effort()) for fold in range(2)]
    scores = unseen_scores(features, fold_of, models)
    assert (features @ seen_all)[0, 0] > (features @ seen_all)[0, 1]
    assert scores[0, 0] <= scores[0, 1] + 1e-6


def test_the_rarer_intent_is_not_drowned():
    texts = ["thank you"] * 2 + [f"hello number {n}" for n in "abcdefghijklmnop"]
    labels = np.array([1] * 2 + [0] * 16)
    features = matrix(texts, build(texts, {}))
    weights, biases = fit(features, labels, 2, Effort())
    assert (features @ weights + biases)[0].argmax() == 1


def test_features_that_always_come_together_are_learnt_as_one_and_told_apart_again():
    texts = ["where is my parcel", "track my parcel now", "cancel the order", "stop the order please"]
    features = matrix(texts, build(texts, {}))
    merged, copies, parts = merge_copies(features)
    assert merged.shape[1] < features.shape[1]
    again = merged.toarray()[:, copies] * parts
    assert np.allclose(again, features.toarray())
    # Each text is as long as before, so the penalty weighs as before.
    assert np.allclose((merged.toarray() ** 2).sum(axis=1), (features.toarray() ** 2).sum(axis=1))


def test_a_feature_of_no_text_learns_nothing():
    texts = ["send it", "bring it", "send that", "bring that"]
    features = matrix(texts, build([*texts, "zanzibar"], {}))
    weights, biases = fit(features, np.array([0, 1, 0, 1]), 2, Effort())
    absent = np.asarray((features != 0).sum(axis=0)).ravel() == 0
    assert absent.any()
    assert not weights[absent].any()
    assert np.isfinite(weights).all()
    assert np.isfinite(biases).all()


def test_descending_finds_the_lowest_place_of_a_narrow_valley():
    scale = np.array([[1.0], [30.0], [1000.0]], dtype=np.float32)
    lowest = np.array([[3.0], [-2.0], [0.5]], dtype=np.float32)

    def valley(place):
        return float((scale * (place - lowest) ** 2).sum()), 2 * scale * (place - lowest)

    assert np.allclose(descend(valley, np.zeros((3, 1), dtype=np.float32), 60), lowest, atol=1e-3)


@pytest.mark.parametrize("text", ["", "zzz"])
def test_a_text_without_known_features_is_an_empty_row(text):
    vocabulary = build(["send it", "bring it"], {})
    assert matrix([text], vocabulary).shape == (1, len(vocabulary.index))


LONG_WORK = """
import time
from bot.addons.components.fitting import workers
with workers() as pool:
    list(pool.map(time.sleep, [600] * 2))
"""


def _until(found, seconds=60.0):
    end = time.monotonic() + seconds
    while not (answer := found()) and time.monotonic() < end:
        time.sleep(0.05)
    return answer


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_of_a_killed_training_goes_on():
    parent = subprocess.Popen([sys.executable, "-c", LONG_WORK], cwd=ROOT)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    try:
        assert _until(lambda: len(children.read_text().split()) == 2)
        pids = children.read_text().split()
    finally:
        parent.kill()
        parent.wait()
    assert _until(lambda: not any(_runs(pid) for pid in pids))


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
