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
from .language_model import learn
from .spans import find, mask
from .understanding import Understanding

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


@dataclass(frozen=True)
class Lesson:
    """What there is to learn from in one language: texts, what each wants, and its groups of words."""

    texts: Sequence[str]
    intents: Sequence[str]
    groups: Mapping[str, str]


def train_all(
    lessons: Mapping[str, Lesson], effort: Effort, more_words: Mapping[str, Sequence[str]] | None = None
) -> Understanding:
    """Calibrated models of each language; `more_words` help to tell the languages apart and nothing else."""
    drills = {language: _prepare(lesson, language, effort) for language, lesson in lessons.items()}
    jobs = [
        (language, rows)
        for language, drill in sorted(drills.items(), key=lambda item: -len(item[1].labels))
        for rows in drill.choices(effort)
    ]
    fits = fit_each(
        [
            (drills[language].features[rows], drills[language].labels[rows], len(drills[language].names))
            for language, rows in jobs
        ],
        effort,
    )
    models = {
        language: _calibrate(
            drill, [done for (of, _), done in zip(jobs, fits, strict=True) if of == language], effort
        )
        for language, drill in drills.items()
    }
    words = more_words or {}
    known = {
        language: [*lesson.texts, *words.get(language, ())] for language, lesson in sorted(lessons.items())
    }
    return Understanding(learn(known), models)


def train(
    texts: Sequence[str], intents: Sequence[str], groups: Mapping[str, str], effort: Effort
) -> IntentModel:
    """A calibrated model of labelled English texts; the same texts give the same model."""
    return train_all({"en": Lesson(texts, intents, groups)}, effort).models["en"]


@dataclass(frozen=True)
class _Drill:
    vocabulary: Vocabulary
    features: sparse.csr_matrix
    labels: np.ndarray
    names: tuple[str, ...]
    fold_of: np.ndarray

    def choices(self, effort: Effort) -> list[np.ndarray]:
        """All rows for the model itself, and for each fold all others: its judge has not seen it."""
        everything = np.ones(len(self.labels), dtype=bool)
        return [everything, *(self.fold_of != fold for fold in range(effort.folds))]


def _prepare(lesson: Lesson, language: str, effort: Effort) -> _Drill:
    masked = [mask(text, find(text)) for text in lesson.texts]
    names = tuple(sorted(set(lesson.intents)))
    labels = np.array([names.index(intent) for intent in lesson.intents])
    vocabulary = build(masked, lesson.groups, language)
    features = matrix(masked, vocabulary)
    return _Drill(vocabulary, features, labels, names, split_folds(features, effort.folds))


def _calibrate(drill: _Drill, fits: Sequence[tuple[np.ndarray, np.ndarray]], effort: Effort) -> IntentModel:
    (weights, biases), *others = fits
    scores = unseen_scores(drill.features, drill.fold_of, others)
    sharpness = _sharpen(scores, drill.labels)
    thresholds = choose_thresholds(_chances(scores, sharpness), drill.labels, drill.names, effort)
    return IntentModel(drill.names, drill.vocabulary, weights, biases, sharpness, thresholds)


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
    features, copies, parts = merge_copies(features)
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
    return best[:-1][copies] * parts[:, None], best[-1]


def merge_copies(features: sparse.csr_matrix) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    """Features with one column for those that stand in the same texts, and where and what part of it each is.

    Half of all letter runs come with another. Under the penalty on squares one column of their common
    length learns just what they would learn together, in half the time.
    """
    columns = features.tocsc()
    columns.sort_indices()
    ends = columns.indptr
    place_of: dict[bytes, int] = {}
    copies = np.zeros(columns.shape[1], dtype=np.int64)
    for column in range(columns.shape[1]):
        texts = columns.indices[ends[column] : ends[column + 1]].tobytes()
        copies[column] = place_of.setdefault(texts, len(place_of))
    # In a text all copies differ by the same factors, so any text tells them; a feature of none has no part.
    first = np.array(
        [columns.data[ends[c]] if ends[c] < ends[c + 1] else 0.0 for c in range(columns.shape[1])]
    )
    common = np.sqrt(np.bincount(copies, weights=first**2, minlength=len(place_of)))
    parts = np.divide(first, common[copies], out=np.zeros_like(first), where=common[copies] > 0)
    chosen = np.unique(copies, return_index=True)[1]
    scale = np.divide(common, first[chosen], out=np.zeros_like(common), where=first[chosen] > 0)
    return (columns[:, chosen] @ sparse.diags(scale)).tocsr(), copies, parts


def fit_each(
    jobs: Sequence[tuple[sparse.csr_matrix, np.ndarray, int]], effort: Effort
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights and biases of each job (features, labels, classes), in processes that end with this one.

    The sums are the same in whichever process.
    """
    with ProcessPoolExecutor(
        max_workers=min(len(jobs), len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count() or 1),
        mp_context=multiprocessing.get_context("fork" if _LINUX else "spawn"),
        initializer=_end_with,
        initargs=(os.getpid(),),
    ) as pool:
        waiting = [pool.submit(fit, features, labels, classes, effort) for features, labels, classes in jobs]
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
