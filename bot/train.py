"""Trains the assistant's model when what it is made of has changed.

    .venvs/bot/bin/python bot/train.py [--force] [--root FOLDER] [--print-fingerprint]

The last line printed is `model <path>`. Exit codes: 0 a model of this fingerprint is there, 1 training
broke, 2 what there is to train on is wrong; one sentence on stderr, and the models there were stay.
"""

import argparse
import contextlib
import hashlib
import io
import logging
import os
import random
import re
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import List, Optional

ROOT = Path(__file__).resolve().parent.parent
SEED = "20260101"
# A change in any of these gives another model (design section 4).
PARTS = ("config.yml", "domain", "data", "bot/addons", "requirements/bot.txt")
_WORKSHOP = ".training-"
_GIVEN_UP_AFTER_S = 3600
_LEFT_OUT = {"__pycache__", ".DS_Store"}


def fingerprint(root: Path) -> str:
    """Twelve hex digits that change with the name or content of any file a model is made of."""
    digest = hashlib.sha256()
    for part in PARTS:
        top = root / part
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and not _LEFT_OUT & set(path.parts) and path.suffix != ".pyc":
                digest.update(path.relative_to(root).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _say(line: str) -> None:
    print(line, file=sys.__stdout__, flush=True)  # noqa: T201


class _Progress(logging.Handler):
    """Turns Rasa's log of training steps into one short line each."""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith("Starting to train component"):
            _say(f"training: {message.split(chr(39))[1]}")


def train(root: Path, models: Path, mark: str) -> Path:
    """Trains in a folder of its own and moves the finished archive into `models`; raises what Rasa raises."""
    import numpy
    from rasa.model_training import train as rasa_train
    from rasa.shared.core.domain import Domain

    # Rasa warns of a domain file it cannot read and trains without it.
    for path in sorted((root / "domain").rglob("*.yml")):
        Domain.from_file(str(path))
    random.seed(SEED)
    numpy.random.seed(int(SEED))
    models.mkdir(parents=True, exist_ok=True)
    for killed in models.glob(f"{_WORKSHOP}*"):  # a training that was killed could not clean up
        if time.time() - killed.stat().st_mtime > _GIVEN_UP_AFTER_S:
            shutil.rmtree(killed, ignore_errors=True)
    final = models / f"onethread-{mark}.tar.gz"
    with tempfile.TemporaryDirectory(dir=models, prefix=_WORKSHOP) as folder:
        result = rasa_train(
            domain=str(root / "domain"),
            config=str(root / "config.yml"),
            training_files=[str(root / "data")],
            output=folder,
            # Rasa's cache looks at a component's class only, not at what else its module holds.
            force_training=True,
            fixed_model_name="onethread",
        )
        if result.model is None:
            raise RuntimeError(f"Rasa finished with code {result.code} and gave no model")
        shutil.move(result.model, final)
    return final


def main(argv: Optional[List[str]] = None) -> int:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(prog="bot/train.py")
    parser.add_argument("--force", action="store_true", help="train although the fingerprint has not changed")
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="folder that holds config.yml, domain/ and data/"
    )
    parser.add_argument("--print-fingerprint", action="store_true", help="print the fingerprint and stop")
    options = parser.parse_args(argv)
    root = options.root.resolve()
    mark = fingerprint(root)
    if options.print_fingerprint:
        print(mark)  # noqa: T201
        return 0
    models = Path(os.environ.get("ONETHREAD_MODELS_DIR", root / "models"))
    final = models / f"onethread-{mark}.tar.gz"
    if final.is_file() and not options.force:
        print(f"model {final}")  # noqa: T201
        return 0
    return _train_or_say_why(root, models, mark)


def _train_or_say_why(root: Path, models: Path, mark: str) -> int:
    os.chdir(root)
    for folder in (str(root), str(ROOT)):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    warnings.showwarning = lambda *_args, **_kwargs: None  # a filter would not do: imported packages reset it
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s %(message)s")
    steps = logging.getLogger("rasa.engine.training.hooks")
    steps.setLevel(logging.INFO)
    steps.propagate = False
    steps.addHandler(_Progress())
    _quieten_rasa()
    _say("training: reading the data")
    started = time.monotonic()
    said = io.StringIO()
    try:
        from rasa.shared.exceptions import RasaException

        from bot import quick_reading

        quick_reading.install()
        with contextlib.redirect_stdout(
            said
        ):  # Rasa praises the temporary file, and explains before it exits
            final = train(root, models, mark)
    except SystemExit:
        return _refused(_without_colours(said.getvalue()))
    except RasaException as error:
        return _refused(str(error))
    except Exception as error:
        logging.getLogger("onethread.train").debug("training broke", exc_info=True)
        print(f"Training broke: {_reasons(error)}", file=sys.stderr)  # noqa: T201
        return 1
    _say(f"training: done in {time.monotonic() - started:.0f} s")
    _say(f"model {final}")
    return 0


def _refused(reason: str) -> int:
    print(f"The model was not trained: {' '.join(reason.split())}", file=sys.stderr)  # noqa: T201
    return 2


def _reasons(error: Optional[BaseException]) -> str:
    reasons = []
    while error is not None:  # Rasa wraps what a component raised and leaves out its words
        reasons.append(f"{type(error).__name__}: {' '.join(str(error).split())}")
        error = error.__cause__
    return " <- ".join(reasons)


def _without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _quieten_rasa() -> None:
    """Rasa prints every state it looks at and draws a bar per example."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


# What Rasa and its packages say about themselves on every import and every example.
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "LOG_LEVEL": "ERROR",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # The classifier uses the cores itself, a process each.
    "OPENBLAS_NUM_THREADS": "1",
}

if __name__ == "__main__":
    if (
        os.environ.get("PYTHONHASHSEED") != "0"
    ):  # the order of sets must not shuffle features between trainings
        os.environ.update(_QUIET, PYTHONHASHSEED="0")
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606
    sys.exit(main())
