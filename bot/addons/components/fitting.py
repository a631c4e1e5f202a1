"""Fits a linear model to labelled rows: multinomial logistic regression by L-BFGS in single precision."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse

_LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
_MEMORY = 6
_FLAT = 1e-5
_ENOUGH = 1e-4
_MOST_HALVINGS = 12

Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True)
class Effort:
    """How hard to train. `strength` is the inverse of the penalty on weights; `folds` are for calibration."""

    strength: float = 10.0
    rounds: int = 50
    folds: int = 3
    # What a wrong guess and an out-of-scope message acted on cost, beside 1 for a right guess refused.
    cost_wrong: float = 0.4
    cost_intruder: float = 2.0


def fit(
    features: sparse.csr_matrix, labels: np.ndarray, classes: int, effort: Effort
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (features x classes) and biases, under a penalty on the squares of the weights.

    Intents with few examples count a little more each (by the root of their share).
    """
    features, copies, parts = merge_copies(features)
    counts = np.bincount(labels, minlength=classes)
    share = 1.0 / np.sqrt(counts[labels])
    share /= share.sum()
    weighed = share.astype(np.float32)[:, None]
    rows = features.astype(np.float32)
    columns = rows.T.tocsr()
    penalty = np.float32(1.0 / (effort.strength * len(labels)))
    every, width = np.arange(len(labels)), features.shape[1]

    def loss(model: np.ndarray) -> tuple[float, np.ndarray]:
        scores = rows @ model[:-1]
        scores += model[-1]
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        total = chances.sum(axis=1, keepdims=True)
        value = float(share @ (np.log(total[:, 0]) - scores[every, labels]))
        chances /= total
        chances[every, labels] -= 1.0
        chances *= weighed
        slope = np.empty_like(model)
        slope[:-1] = columns @ chances
        slope[:-1] += penalty * model[:-1]
        slope[-1] = chances.sum(axis=0)
        return value + 0.5 * float(penalty) * float(np.vdot(model[:-1], model[:-1])), slope

    best = descend(loss, np.zeros((width + 1, classes), dtype=np.float32), effort.rounds)
    return best[:-1][copies] * parts[:, None].astype(np.float32), best[-1]


def descend(loss: Loss, start: np.ndarray, rounds: int) -> np.ndarray:
    """The lowest place of a convex function that `rounds` steps of L-BFGS lead to.

    SciPy's own works in double precision and copies more than it computes: it takes twice as long.
    """
    place, (value, slope) = start, loss(start)
    steps: list[tuple[np.ndarray, np.ndarray, float]] = []
    for _ in range(rounds):
        if float(np.abs(slope).max()) < _FLAT:
            break
        direction = _downhill(slope, steps)
        incline = float(np.vdot(slope, direction))
        length = 1.0 if steps else 1.0 / max(float(np.linalg.norm(slope)), 1e-12)
        for _ in range(_MOST_HALVINGS):
            step = np.float32(length) * direction
            there = place + step
            value_there, slope_there = loss(there)
            if value_there <= value + _ENOUGH * length * incline:
                break
            length /= 2
        else:
            break  # single precision tells no lower place
        turn = slope_there - slope
        bend = float(np.vdot(step, turn))
        if bend > 0.0:
            steps = [*steps[1 - _MEMORY :], (step, turn, bend)]
        place, value, slope = there, value_there, slope_there
    return place


def _downhill(slope: np.ndarray, steps: list[tuple[np.ndarray, np.ndarray, float]]) -> np.ndarray:
    """Minus the slope, bent by what the last steps told of the function's curvature."""
    direction = -slope
    told: list[float] = []
    for step, turn, bend in reversed(steps):
        told.append(float(np.vdot(step, direction)) / bend)
        direction -= np.float32(told[-1]) * turn
    if steps:
        _, turn, bend = steps[-1]
        direction *= np.float32(bend / float(np.vdot(turn, turn)))
    for (step, turn, bend), alpha in zip(steps, reversed(told), strict=True):
        direction += np.float32(alpha - float(np.vdot(turn, direction)) / bend) * step
    return direction


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


def workers() -> ProcessPoolExecutor:
    """As many processes as there are cores; they end with this one. What they compute is the same in each."""
    return ProcessPoolExecutor(
        max_workers=len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count() or 1,
        mp_context=multiprocessing.get_context("fork" if _LINUX else "spawn"),
        initializer=_end_with,
        initargs=(os.getpid(),),
    )


def _end_with(parent: int) -> None:
    """Have the kernel end this process when its parent is killed; elsewhere it ends when its pipe breaks."""
    if _LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
