"""Makes the intent model; texts it has not seen teach it how sure to be and when to refuse."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse
from scipy.sparse import csgraph

from .features import Vocabulary, build
from .intent_model import FALLBACK, IntentModel
from .spans import find, mask

_LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Effort:
    """How hard to train. `strength` is the inverse of the penalty on weights; `folds` are for calibration."""

    strength: float = 10.0
    rounds: int = 60
    folds: int = 4
    # What a wrong guess and an out-of-scope message acted on cost, beside 1 for a right guess refused.
    cost_wrong: float = 0.25
    cost_intruder: float = 1.5


def train(
    texts: Sequence[str], intents: Sequence[str], groups: Mapping[str, str], effort: Effort
) -> IntentModel:
    """A calibrated model of labelled texts; the same texts give the same model."""
    masked = [mask(text, find(text)) for text in texts]
    names = tuple(sorted(set(intents)))
    labels = np.array([names.index(intent) for intent in intents])
    vocabulary = build(masked, groups)
    features = matrix(masked, vocabulary)
    fold_of = split_folds(features, effort.folds)
    # The model itself, and one for each fold that knows all the others: the same sums in whichever process.
    rows = [np.ones(len(labels), dtype=bool), *(fold_of != fold for fold in range(effort.folds))]
    (weights, biases), *others = fit_each(rows, features, labels, len(names), effort)
    scores = unseen_scores(features, fold_of, others)
    sharpness = _sharpen(scores, labels)
    chances = _chances(scores, sharpness)
    thresholds = choose_thresholds(chances, labels, names, effort)
    return IntentModel(names, vocabulary, weights, biases, sharpness, thresholds)


def matrix(masked: Sequence[str], vocabulary: Vocabulary) -> sparse.csr_matrix:
    """Texts as rows of features."""
    rows = [vocabulary.vector(text)[:2] for text in masked]
    ends = np.cumsum([0] + [len(places) for places, _ in rows])
    parts = (
        np.concatenate([values for _, values in rows]),
        np.concatenate([places for places, _ in rows]),
        ends,
    )
    return sparse.csr_matrix(parts, shape=(len(rows), len(vocabulary.index)))


def fit(
    features: sparse.csr_matrix, labels: np.ndarray, classes: int, effort: Effort
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (features x classes) and biases of a multinomial logistic regression with an L2 penalty.

    Intents with few examples count a little more each (by the root of their share).
    """
    width = features.shape[1]
    counts = np.bincount(labels, minlength=classes)
    share = 1.0 / np.sqrt(counts[labels])
    share /= share.sum()
    target = np.zeros((len(labels), classes))
    target[np.arange(len(labels)), labels] = 1.0
    turned = features.T.tocsr()
    penalty = 1.0 / (effort.strength * len(labels))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        model = flat.reshape(width + 1, classes)
        scores = features @ model[:-1] + model[-1]
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        total = chances.sum(axis=1, keepdims=True)
        value = float(share @ (np.log(total[:, 0]) - (scores * target).sum(axis=1)))
        error = (chances / total - target) * share[:, None]
        slope = np.empty_like(model)
        slope[:-1] = turned @ error + penalty * model[:-1]
        slope[-1] = error.sum(axis=0)
        return value + 0.5 * penalty * float((model[:-1] ** 2).sum()), slope.ravel()

    start = np.zeros((width + 1) * classes)
    best = optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": effort.rounds, "maxcor": 6}
    ).x.reshape(width + 1, classes)
    return best[:-1], best[-1]


def fit_each(
    rows: Sequence[np.ndarray],
    features: sparse.csr_matrix,
    labels: np.ndarray,
    classes: int,
    effort: Effort,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights and biases learnt from each choice of rows, in processes that end with this one."""
    with ProcessPoolExecutor(
        max_workers=min(len(rows), len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count() or 1),
        mp_context=multiprocessing.get_context("fork" if _LINUX else "spawn"),
        initializer=_end_with,
        initargs=(os.getpid(),),
    ) as pool:
        waiting = [pool.submit(fit, features[known], labels[known], classes, effort) for known in rows]
        return [done.result() for done in waiting]


def _end_with(parent: int) -> None:
    """Have the kernel end this process when its parent is killed; elsewhere it ends when its pipe breaks."""
    if _LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def unseen_scores(
    features: sparse.csr_matrix, fold_of: np.ndarray, models: Sequence[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray:
    """Each text's scores by the one of the models (weights, biases) that did not see its fold."""
    scores = np.zeros((features.shape[0], len(models[0][1])))
    for fold, (weights, biases) in enumerate(models):
        unseen = fold_of == fold
        scores[unseen] = features[unseen] @ weights + biases
    return scores


def split_folds(features: sparse.csr_matrix, folds: int) -> np.ndarray:
    """Texts that are near copies of one another share a fold; big families are dealt out first."""
    alike = (features @ features.T) >= 0.6
    _, family = csgraph.connected_components(alike, directed=False)
    sizes = np.bincount(family)
    load = np.zeros(folds)
    fold_of_family = np.zeros(len(sizes), dtype=int)
    for member in np.argsort(-sizes, kind="stable"):
        fold_of_family[member] = int(np.argmin(load))
        load[fold_of_family[member]] += sizes[member]
    result: np.ndarray = fold_of_family[family]
    return result


def _chances(scores: np.ndarray, sharpness: float) -> np.ndarray:
    scaled = scores * sharpness
    chances = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    result: np.ndarray = chances / chances.sum(axis=1, keepdims=True)
    return result


def _sharpen(scores: np.ndarray, labels: np.ndarray) -> float:
    """The factor on scores under which unseen texts are least surprising."""

    def surprise(factor: float) -> float:
        chances = _chances(scores, factor)
        return -float(np.log(chances[np.arange(len(labels)), labels] + 1e-12).mean())

    return float(optimize.minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded").x)


def choose_thresholds(
    chances: np.ndarray, labels: np.ndarray, names: Sequence[str], effort: Effort
) -> dict[str, float]:
    """For each intent the chance below which refusing costs less than acting, leaning on all intents'."""
    if FALLBACK not in names:
        return dict.fromkeys(names, 0.0)
    fallback = names.index(FALLBACK)
    inside = chances.copy()
    inside[:, fallback] = -1.0
    best = inside.argmax(axis=1)
    chance = inside.max(axis=1)
    open_to_choice = chances.argmax(axis=1) != fallback
    gain = np.where(
        best == labels, 1.0, np.where(labels == fallback, -effort.cost_intruder, -effort.cost_wrong)
    )
    grid = np.round(np.arange(0.05, 0.71, 0.01), 2)

    def gains(rows: np.ndarray) -> np.ndarray:
        return np.array([gain[rows & (chance >= limit)].sum() for limit in grid])

    together = gains(open_to_choice) / max(1, len(names) - 1)
    return {
        name: float(grid[int(np.argmax(gains(open_to_choice & (best == place)) + together))])
        for place, name in enumerate(names)
        if name != FALLBACK
    }
