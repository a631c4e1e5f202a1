"""Reads texts from standard input, one a line, and prints what the model understands, one JSON object a line.

    .venvs/bot/bin/python bot/parse.py MODEL [--timed] [--stock]

The same model, components and calls as a turn uses, outside any conversation. `--timed` stays on one core,
reads one text that is not told, and adds `ms`, what the reading of each text took. `--stock` is for stock
Rasa's environment: it reads with Rasa's own agent and nothing of ours, and tells no language.
Exit codes: 0 all read, 1 the model could not be loaded (one sentence on stderr).
"""

import argparse
import asyncio
import json
import logging
import os
import sys
import time
import warnings
from pathlib import Path
from typing import IO, Any, Awaitable, Callable, Dict, List, Optional

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
os.environ["RASA_TELEMETRY_ENABLED"] = "false"

Parse = Callable[[str], Awaitable[Dict[str, Any]]]


def main(argv: Optional[List[str]] = None) -> int:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(prog="bot/parse.py")
    parser.add_argument("model", type=Path)
    parser.add_argument("--timed", action="store_true")
    parser.add_argument("--stock", action="store_true")
    options = parser.parse_args(argv)
    answers = sys.stdout
    sys.stdout = sys.stderr  # nothing but answers may stand among the answers
    warnings.showwarning = lambda *_args, **_kwargs: None  # a filter would not do: imported packages reset it
    logging.basicConfig(level=logging.ERROR)
    if options.timed:
        _stay_on_one_core()
    try:
        parse = _load_stock(options.model) if options.stock else _load(options.model)
    except Exception as error:  # Rasa raises whatever its components raise
        sys.stderr.write(f"The model {options.model.name} could not be loaded: {error}\n")
        return 1
    asyncio.run(_answer(parse, sys.stdin.buffer, answers, options.timed))
    return 0


def _stay_on_one_core() -> None:
    """To be called before numpy or TensorFlow count the cores."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    else:
        os.environ.update(OMP_NUM_THREADS="1", VECLIB_MAXIMUM_THREADS="1")


def _load(model: Path) -> Parse:
    _quieten_structlog()
    from bot.addons import lean

    lean.install()
    from bot.addons import processor
    from bot.addons.turn import parse_text

    processor.install()
    loaded = processor.TurnProcessor(model, None)
    spoken = loaded.model_metadata.language or "en"

    async def parse(text: str) -> Dict[str, Any]:
        parsed = await parse_text(loaded, text)
        return {**parsed, "language": parsed["language"] or spoken}

    return parse


def _load_stock(model: Path) -> Parse:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _quieten_structlog()
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))

    async def parse(text: str) -> Dict[str, Any]:
        started = time.perf_counter()
        parsed = await agent.parse_message(text)
        ms = (time.perf_counter() - started) * 1000
        intent = parsed["intent"]
        return {
            **parsed,
            "intent": {
                "name": intent.get("name") or "nlu_fallback",
                "confidence": intent.get("confidence") or 0.0,
            },
            "intent_ranking": parsed.get("intent_ranking", []),
            "language": None,
            "ms": round(ms, 3),
        }

    return parse


def _quieten_structlog() -> None:
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


async def _answer(parse: Parse, texts: IO[bytes], answers: IO[str], timed: bool) -> None:
    if timed:
        await parse("hello")
    for line in texts:
        text = line.rstrip(b"\n").rstrip(b"\r").decode("utf-8", errors="replace")
        # Some components answer with numbers of numpy's.
        shaped = json.dumps(_shape(await parse(text), timed), ensure_ascii=False, default=float)
        answers.write(shaped + "\n")
        answers.flush()


def _shape(parsed: Dict[str, Any], timed: bool) -> Dict[str, Any]:
    shaped = {
        "text": parsed["text"],
        "intent": parsed["intent"]["name"],
        "confidence": parsed["intent"]["confidence"],
        "language": parsed["language"],
        "entities": [
            {key: entity[key] for key in ("entity", "value", "start", "end")} for entity in parsed["entities"]
        ],
        "intent_ranking": parsed["intent_ranking"],
    }
    return {**shaped, "ms": parsed["ms"]} if timed else shaped


if __name__ == "__main__":
    sys.exit(main())
