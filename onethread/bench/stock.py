"""Makes the other side: stock Rasa 3.6.21 with TensorFlow and the default pipeline, trained on our data.

Its pipeline is for one language, and on all four it would train for hours, so it gets the English part, which
is what our own English model is made of; the rules, stories and the domain are the same for both.
"""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]

_LOCK = Path("requirements/bot-tensorflow.txt")
_CREDENTIALS = "rest:\n"
ENDPOINTS = """\
action_endpoint:
  url: ${ONETHREAD_ACTIONS_URL}
  headers:
    X-Onethread-Secret: ${ONETHREAD_INTERNAL_SECRET}
"""
LANGUAGE = "en"
SAME_DATA = (
    "Stock Rasa is trained on the English examples, as our English model is; ours tells four languages apart."
)
CARE_EARLIER = "CARE: stock was trained on an EARLIER state of the data."
_HEARTBEAT_S = 30.0


class StockMissing(RuntimeError):
    """Stock Rasa could not be made; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class StockModel:
    """A trained stock model and the folder with the configuration it is served from."""

    folder: Path
    fingerprint: str
    exact: bool
    """False: it was trained on an earlier state of the data than the tree holds now."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said with its figures."""
        return (SAME_DATA,) if self.exact else (SAME_DATA, CARE_EARLIER)

    @property
    def model(self) -> Path:
        """The trained model."""
        return self.folder / "model.tar.gz"


def fingerprint(tree: Path, lock: Path) -> str:
    """Changes when what stock learns from in `tree`, or its locked environment, changes."""
    digest = hashlib.sha256(lock.read_bytes())
    for path in sorted(path for part in ("data", "domain") for path in (tree / part).rglob("*.yml")):
        if _is_in_another_language(path, tree):
            continue
        content = path.read_bytes()
        digest.update(f"{path.relative_to(tree)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def _is_in_another_language(path: Path, tree: Path) -> bool:
    within = path.relative_to(tree).parts
    return within[:2] == ("data", "nlu") and len(within) > 2 and within[2] != LANGUAGE


def find_uv(root: Path, env: Mapping[str, str]) -> str:
    """The uv to make environments with, looked for where the launcher looks.

    Raises:
        StockMissing: there is none.
    """
    private = (root / ".venvs/uv/bin/uv", root / ".venvs/uv/uv")
    on_path = shutil.which("uv", path=env.get("PATH"))
    found = [env.get("ONETHREAD_UV"), on_path, *(str(path) for path in private if path.exists())]
    for uv in found:
        if uv:
            return uv
    raise StockMissing("Its environment is made with uv, and there is none on the PATH: install uv.")


def make_environment(root: Path, uv: str, say: Say) -> Path:
    """The environment in `.venvs/stock` as locked, made or brought up to date; returns its interpreter.

    Raises:
        StockMissing: uv failed.
    """
    place = root / ".venvs" / "stock"
    # bot/ pins the interpreter: started there, uv and pyenv agree on 3.10.
    news = f"making the environment of stock Rasa in {place} (about 2.5 GB, a few minutes at the first time)"
    return make_locked(place, uv, root / _LOCK, (root / "bot", "3.10"), lambda: say(news))


def make_locked(
    place: Path, uv: str, lock: Path, interpreter: tuple[Path, str], tell: Callable[[], None]
) -> Path:
    """An environment as locked, made or brought up to date after `tell`; returns its interpreter.

    `interpreter`: the folder to call uv in, and what to call the Python it is made with.

    Raises:
        StockMissing: uv failed.
    """
    python = place / "bin" / "python"
    stamp = place / "onethread-lock"
    locked = hashlib.sha256(lock.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == locked:
        return python
    tell()
    if not python.exists():
        folder, version = interpreter
        _run([uv, "venv", "--quiet", "--python", version, str(place)], folder)
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python)]
    _run([*sync, str(lock)], interpreter[0])
    stamp.write_text(locked)
    return python


def find_model(root: Path, *, inexact: bool) -> StockModel | None:
    """The model trained on today's data; with `inexact` else the newest trained on any; else None."""
    wanted = fingerprint(root, root / _LOCK)
    place = root / "var" / "bench"
    exact = StockModel(place / f"stock-{wanted}", wanted, exact=True)
    if exact.model.exists():
        return exact
    older = sorted(place.glob("stock-*/model.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not (inexact and older):
        return None
    folder = older[-1].parent
    return StockModel(folder, folder.name.removeprefix("stock-"), exact=False)


def find_trained(root: Path, *, inexact: bool) -> StockModel:
    """As `find_model`, where there is no going on without one.

    Raises:
        StockMissing: there is none; the text says how to get one.
    """
    found = find_model(root, inexact=inexact)
    if found is None:
        reason = (
            "Stock Rasa has no model of this data: `bin/onethread bench turn --train-only` trains one, which"
            " takes long."
        )
        raise StockMissing(reason if inexact else f"{reason} `--older-stock` takes one of earlier data.")
    return found


def find_present(root: Path, say: Say, *, inexact: bool) -> tuple[Path, StockModel] | None:
    """Stock's interpreter and model where both are there already; else None, and says what is missing."""
    python, found = root / ".venvs" / "stock" / "bin" / "python", find_model(root, inexact=inexact)
    if python.exists() and found is not None:
        return python, found
    missing = "model of this data" if python.exists() else "environment"
    say(f"stock Rasa is left out: it has no {missing} here (`bench turn --train-only` makes it; long)")
    return None


def train(root: Path, python: Path, say: Say) -> StockModel:
    """Trains stock Rasa on the data as it is now; minutes of work, so it keeps saying how far it is.

    Raises:
        StockMissing: there is nothing to train on, or Rasa refused it.
    """
    if not any((root / "data" / "nlu" / LANGUAGE).rglob("*.yml")):
        raise StockMissing(f"data/nlu/{LANGUAGE} holds no training data yet.")
    draft = root / "var" / "bench" / f"draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for part in ("data", "domain"):  # a copy: an edit while it trains must not belie the fingerprint
        shutil.copytree(
            root / part,
            draft / part,
            ignore=lambda folder, names: {
                name for name in names if _is_in_another_language(Path(folder, name), root)
            },
        )
    wanted = fingerprint(draft, root / _LOCK)
    folder = draft.with_name(f"stock-{wanted}")
    initial = next(python.parent.parent.glob("lib/python*/site-packages/rasa/cli/initial_project/config.yml"))
    # Rasa fills the empty keys of this file with its defaults and writes them into it as comments.
    shutil.copy(initial, draft / "config.yml")
    (draft / "credentials.yml").write_text(_CREDENTIALS)
    (draft / "endpoints.yml").write_text(ENDPOINTS)
    say(f"training stock Rasa (default pipeline, 100 epochs) into {folder}: expect ten minutes or more")
    argv = [
        str(python),
        "-m",
        "rasa",
        "train",
        "--domain",
        "domain",
        "--data",
        "data",
        "--config",
        "config.yml",
    ]
    argv += ["--out", ".", "--fixed-model-name", "model"]
    log = draft / "train.log"
    began = time.monotonic()
    with log.open("wb") as written:
        child = subprocess.Popen(
            argv, cwd=draft, env=environment(), stdin=subprocess.DEVNULL, stdout=written, stderr=written
        )
        try:
            _wait(child, log, began, say)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
    if child.returncode or not (draft / "model.tar.gz").exists():
        raise StockMissing(f"Stock Rasa did not train (code {child.returncode}); see {log}")
    minutes = (time.monotonic() - began) / 60
    (draft / "trained.txt").write_text(f"{minutes:.1f} minutes of wall clock\n")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    say(f"stock Rasa trained in {minutes:.1f} minutes")
    return StockModel(folder, wanted, exact=True)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a stock process is started with: no telemetry, no news of deprecations, and `extra`."""
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**inherited, **quiet, "PYTHONUNBUFFERED": "1", **(extra or {})}


def serve_argv(
    python: Path, stock: StockModel, port: int, endpoints: str = "endpoints.yml"
) -> tuple[str, ...]:
    """How `rasa run` is called; its HTTP API is on only to be asked afterwards which actions were run."""
    return (
        *(str(python), "-m", "rasa", "run", "--model", str(stock.model), "--interface", "127.0.0.1"),
        *("--port", str(port), "--credentials", "credentials.yml", "--endpoints", endpoints),
        "--enable-api",
    )


def parse_argv(root: Path, python: Path, stock: StockModel) -> tuple[str, ...]:
    """How its understanding alone is asked: texts in on standard input, a JSON object a line out."""
    return (str(python), str(root / "bot" / "parse.py"), str(stock.model), "--stock", "--timed")


def _wait(child: subprocess.Popen[bytes], log: Path, began: float, say: Say) -> None:
    while True:
        try:
            child.wait(_HEARTBEAT_S)
            return
        except subprocess.TimeoutExpired:
            spent = int(time.monotonic() - began)
            say(f"  {spent // 60}:{spent % 60:02} {last_line(log)}")


def last_line(log: Path) -> str:
    """The newest line of a log, progress bars included, cut to a terminal's width."""
    with log.open("rb") as written:
        written.seek(max(0, log.stat().st_size - 4096))
        tail = written.read().decode("utf-8", "replace").replace("\r", "\n")
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    return lines[-1][:100] if lines else ""


def _run(argv: list[str], cwd: Path) -> None:
    done = subprocess.run(argv, cwd=cwd, check=False)
    if done.returncode:
        raise StockMissing(f"`{' '.join(argv[:3])}` failed with code {done.returncode}.")
