"""The process `onethread rasa`: a trained model behind `POST /turn` on 127.0.0.1.

    .venvs/bot/bin/python bot/server.py [--port 5005]

Environment: ONETHREAD_INTERNAL_SECRET (must), ONETHREAD_ACTIONS_URL, ONETHREAD_RASA_PORT, ONETHREAD_MODEL
(a model's path; else the newest models/onethread-*.tar.gz), ONETHREAD_MODELS_DIR,
ONETHREAD_ACTION_TIMEOUT_S (8).
"""

import argparse
import asyncio
import gc
import hmac
import json
import logging
import os
import re
import signal
import sys
import time
import uuid
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Optional

STARTED = time.monotonic()
ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
os.environ.setdefault("MALLOC_ARENA_MAX", "2")
os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from bot.addons.loopback import Answer, Request, serve  # noqa: E402

if TYPE_CHECKING:
    from bot.addons.processor import TurnProcessor

logger = logging.getLogger("onethread.rasa")
SECRET_HEADER = "x-onethread-secret"  # noqa: S105


class SettingsIncomplete(Exception):
    """The process cannot start; the message says what to set."""


class ModelRefused(Exception):
    """A model could not be taken into service; the one before stays."""


class RasaRoom:
    """Holds the model in service and answers the house's requests."""

    def __init__(self, secret: str, models_dir: Path, action_timeout_s: float) -> None:
        self._secret = secret.encode()
        self._models_dir = models_dir
        self._action_timeout_s = action_timeout_s
        self._processor: "Optional[TurnProcessor]" = None
        self._model = ""
        self._max_history = 0
        self._swap = asyncio.Lock()

    # ---- requests

    async def answer(self, request: Request) -> Answer:
        """Routes one request."""
        route = f"{request.method} {request.path}"
        if route == "GET /health":
            return Answer(200, {"alive": True})
        if route == "GET /ready":
            return self._ready()
        handler = {"POST /turn": self._turn, "POST /parse": self._parse, "POST /model": self._take_model}.get(
            route
        )
        if handler is None:
            return Answer(404, {"error": "unknown_route"})
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret):
            return Answer(401, {"error": "wrong_secret"})
        try:
            body = request.json()
        except ValueError:
            return Answer(400, {"error": "malformed", "detail": "the body is not JSON"})
        return await handler(body)

    def _ready(self) -> Answer:
        if self._processor is None:
            return Answer(503, {"error": "no_model"})
        return Answer(200, {"model": self._model, "max_history": self._max_history})

    async def _turn(self, body: Any) -> Answer:
        processor, model = self._processor, self._model  # one turn sees one model
        if processor is None:
            return Answer(503, {"error": "no_model"})
        from bot.addons.turn import RequestMalformed, TurnFailed, read_request, take_turn

        turn_id = body.get("turn_id") if isinstance(body, dict) else None
        try:
            return Answer(200, await take_turn(processor, read_request(body), model))
        except RequestMalformed as error:
            return Answer(400, {"error": "malformed", "detail": str(error)})
        except TurnFailed as failure:
            error_id = uuid.uuid4().hex
            logger.error(
                "rasa.turn.failed error_id=%s turn_id=%s stage=%s",
                error_id,
                turn_id,
                failure.stage,
                exc_info=failure,
            )
            return Answer(500, {"error_id": error_id, "stage": failure.stage})

    async def _parse(self, body: Any) -> Answer:
        processor = self._processor
        if processor is None:
            return Answer(503, {"error": "no_model"})
        texts = body.get("texts") if isinstance(body, dict) else None
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            return Answer(400, {"error": "malformed", "detail": "'texts' must be a list of strings"})
        from bot.addons.turn import parse_text

        results = []
        for text in texts:
            results.append(await parse_text(processor, text))
            await asyncio.sleep(0)  # turns go in between
        return Answer(200, results)

    async def _take_model(self, body: Any) -> Answer:
        path = body.get("path") if isinstance(body, dict) else None
        if not isinstance(path, str):
            return Answer(400, {"error": "malformed", "detail": "'path' is missing"})
        chosen = (ROOT / path).resolve()
        if self._models_dir.resolve() not in chosen.parents:
            return Answer(400, {"error": "malformed", "detail": "'path' is outside the models folder"})
        try:
            await self.load(chosen)
        except ModelRefused as error:
            return Answer(409, {"error": "model_refused", "detail": str(error), "model": self._model or None})
        return Answer(200, {"model": self._model})

    # ---- the model

    def newest_model(self) -> Optional[Path]:
        """The model to start with when none was named."""
        found = sorted(self._models_dir.glob("onethread-*.tar.gz"), key=lambda path: path.stat().st_mtime)
        return found[-1] if found else None

    async def load(self, path: Path) -> None:
        """Takes a model into service while turns go on. Raises `ModelRefused`; the old one then stays."""
        async with self._swap:
            try:
                processor = await asyncio.get_running_loop().run_in_executor(None, self._load, path)
            except Exception as error:
                logger.exception("rasa.model.refused path=%s", path.name)
                raise ModelRefused(f"{path.name}: {error}") from error
            self._processor = processor
            self._model = _fingerprint_of(path, processor)
            self._max_history = _max_history_of(processor)
            _settle_garbage()
            logger.warning("rasa.model.loaded model=%s seconds_since_start=%.2f", self._model, _age())

    def _load(self, path: Path) -> "TurnProcessor":
        from bot.addons.action_calls import ActionEndpoint
        from bot.addons.processor import TurnProcessor

        return TurnProcessor(path, _action_endpoint(ActionEndpoint, self._action_timeout_s))


def _settle_garbage() -> None:
    """The collector leaves a loaded model alone, until it is replaced, and looks less often.

    It would walk each object of the model again and again; see onethread/garbage.py, which does the same.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _age() -> float:
    return time.monotonic() - STARTED


def _fingerprint_of(path: Path, processor: "TurnProcessor") -> str:
    named = re.fullmatch(r"onethread-(\w+)\.tar\.gz", path.name)
    return named.group(1) if named else str(processor.model_metadata.model_id)


def _max_history_of(processor: "TurnProcessor") -> int:
    """How many actions back any policy of this model looks: the window must leave one more."""
    longest = 1
    for component in processor.graph_runner.components:
        lookup = getattr(component, "lookup", None)
        featurizer = getattr(component, "featurizer", None)
        longest = max(longest, getattr(featurizer, "max_history", None) or 0)
        if isinstance(lookup, dict) and isinstance(
            lookup.get("rules"), dict
        ):  # RulePolicy looks back a rule's length
            longest = max([longest, *(len(json.loads(states)) for states in lookup["rules"])])
    return longest


def _action_endpoint(endpoint_class: Any, timeout_s: float) -> Any:
    """The action endpoint of endpoints.yml, or None where its variables are not set."""
    from rasa.shared.utils.io import read_config_file

    try:
        declared = read_config_file(ROOT / "endpoints.yml").get("action_endpoint")
    except Exception:  # Rasa's reader raises its own error for an unset ${VAR}
        logger.warning(
            "rasa.actions.none endpoints.yml names variables that are not set: custom actions will fail"
        )
        return None
    if not declared:
        return None
    endpoint = endpoint_class(
        **{
            key: value
            for key, value in declared.items()
            if key in ("url", "headers", "enable_selective_domain")
        }
    )
    endpoint.deadline_s = timeout_s
    return endpoint


def _silence() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    warnings.simplefilter("ignore")
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


async def run(room: RasaRoom, port: int, model: Optional[Path]) -> None:
    """Serves until SIGTERM or SIGINT; /health answers while the first model loads."""
    server = await serve(room.answer, port)
    print(f"onethread rasa listens on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    chosen = model or room.newest_model()
    if chosen is None:
        logger.warning("rasa.model.none nothing in the models folder: every turn is answered 503")
    else:
        try:
            await room.load(chosen)
        except ModelRefused:
            logger.error("rasa.model.none the model could not be loaded: every turn is answered 503")
    await stop.wait()
    server.close()


def main(argv: Optional[list] = None, env: Optional[Dict[str, str]] = None) -> int:
    """Starts the process; 2 and one sentence when it cannot."""
    env = dict(os.environ) if env is None else env
    parser = argparse.ArgumentParser(prog="bot/server.py")
    parser.add_argument("--port", type=int, default=int(env.get("ONETHREAD_RASA_PORT", "5005")))
    port = parser.parse_args(argv).port
    secret = env.get("ONETHREAD_INTERNAL_SECRET", "")
    if not secret:
        sys.stderr.write("ONETHREAD_INTERNAL_SECRET is not set: the turn room does not start without it.\n")
        return 2
    from setproctitle import setproctitle

    setproctitle("onethread rasa")
    _silence()
    from bot.addons import lean

    lean.install()
    from bot.addons import processor

    processor.install()
    import uvloop

    uvloop.install()
    room = RasaRoom(
        secret,
        models_dir=Path(env.get("ONETHREAD_MODELS_DIR", ROOT / "models")),
        action_timeout_s=float(env.get("ONETHREAD_ACTION_TIMEOUT_S", "8")),
    )
    model = env.get("ONETHREAD_MODEL")
    os.chdir(ROOT)
    asyncio.run(run(room, port, (ROOT / model) if model else None))
    return 0


if __name__ == "__main__":
    sys.exit(main())
