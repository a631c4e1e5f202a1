"""Makes the intent model; texts it has not seen teach it how sure to be and when to refuse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse
from scipy.sparse import csgraph

from .features import Vocabulary, learn_vocabulary, read
from .fitting import Effort, fit, workers
from .intent_model import FALLBACK, IntentModel
from .language_model import learn
from .spans import find, mask
from .understanding import Understanding

Fitted = tuple[np.ndarray, np.ndarray]


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
    known = {
        language: [*lesson.texts, *(more_words or {}).get(language, ())]
        for language, lesson in sorted(lessons.items())
    }
    with workers() as pool:
        # The biggest first: the last one to end decides.
        order = sorted(lessons, key=lambda language: (-len(lessons[language].texts), language))
        prepared = [pool.submit(_prepare, lessons[language], language, effort) for language in order]
        told = pool.submit(learn, known)
        drills = dict(zip(order, (job.result() for job in prepared), strict=True))
        fits = {language: _fit_folds(pool, drill, effort) for language, drill in drills.items()}
        models = {
            language: _calibrate(drills[language], [job.result() for job in jobs], effort)
            for language, jobs in fits.items()
        }
        return Understanding(told.result(), models)


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


def _prepare(lesson: Lesson, language: str, effort: Effort) -> _Drill:
    found = [read(mask(text, find(text)), lesson.groups, language) for text in lesson.texts]
    names = tuple(sorted(set(lesson.intents)))
    vocabulary = learn_vocabulary(found, lesson.groups, language)
    features = _rows(found, vocabulary)
    labels = np.array([names.index(intent) for intent in lesson.intents])
    return _Drill(vocabulary, features, labels, names, split_folds(features, effort.folds, labels))


def _fit_folds(pool: ProcessPoolExecutor, drill: _Drill, effort: Effort) -> list[Future[Fitted]]:
    """Starts the model itself, of all rows, and for each fold one of all others, which has not seen it."""
    everything = np.ones(len(drill.labels), dtype=bool)
    choices = (everything, *(drill.fold_of != fold for fold in range(effort.folds)))
    return [
        pool.submit(fit, drill.features[rows], drill.labels[rows], len(drill.names), effort)
        for rows in choices
    ]


def _calibrate(drill: _Drill, fits: Sequence[Fitted], effort: Effort) -> IntentModel:
    (weights, biases), *others = fits
    scores = unseen_scores(drill.features, drill.fold_of, others)
    sharpness = _sharpen(scores, drill.labels)
    thresholds = choose_thresholds(_chances(scores, sharpness), drill.labels, drill.names, effort)
    return IntentModel(drill.names, drill.vocabulary, weights, biases, sharpness, thresholds)


def matrix(masked: Sequence[str], vocabulary: Vocabulary) -> sparse.csr_matrix:
    """Texts as rows of features."""
    return _rows([read(text, vocabulary.groups, vocabulary.language) for text in masked], vocabulary)


def _rows(found: Sequence[Iterable[str]], vocabulary: Vocabulary) -> sparse.csr_matrix:
    rows = [vocabulary.row(features) for features in found]
    ends = np.cumsum([0] + [len(places) for places, _ in rows])
    parts = (
        np.concatenate([np.empty(0), *(values for _, values in rows)]),
        np.concatenate([np.empty(0, dtype=np.int64), *(places for places, _ in rows)]),
        ends,
    )
    return sparse.csr_matrix(parts, shape=(len(rows), len(vocabulary.index)))


def unseen_scores(features: sparse.csr_matrix, fold_of: np.ndarray, models: Sequence[Fitted]) -> np.ndarray:
    """Each text's scores by the one of the models (weights, biases) that did not see its fold."""
    scores = np.zeros((features.shape[0], len(models[0][1])))
    for fold, (weights, biases) in enumerate(models):
        unseen = fold_of == fold
        scores[unseen] = features[unseen] @ weights + biases
    return scores


def split_folds(features: sparse.csr_matrix, folds: int, labels: np.ndarray | None = None) -> np.ndarray:
    """Texts that are near copies of one another share a fold; big families are dealt out first.

    With `labels` only texts of one label are compared: to compare all with all takes longer than to learn.
    """
    groups = np.zeros(features.shape[0], dtype=int) if labels is None else labels
    family = np.zeros(features.shape[0], dtype=int)
    for label in np.unique(groups):
        rows = np.flatnonzero(groups == label)
        alike = (features[rows] @ features[rows].T) >= 0.6
        family[rows] = csgraph.connected_components(alike, directed=False)[1] + family.max() + 1
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
