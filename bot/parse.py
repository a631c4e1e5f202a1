"""Reads texts from standard input, one a line, and prints what the model understands, one JSON object a line.

    .venvs/bot/bin/python bot/parse.py MODEL [--timed]

The same model, components and calls as a turn uses, outside any conversation. `--timed` adds `ms`, what the
reading of that text took. Exit codes: 0 all read, 1 the model could not be loaded (one sentence on stderr).
"""

import argparse
import asyncio
import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Dict, List, Optional

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
os.environ["RASA_TELEMETRY_ENABLED"] = "false"

if TYPE_CHECKING:
    from bot.addons.processor import TurnProcessor


def main(argv: Optional[List[str]] = None) -> int:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(prog="bot/parse.py")
    parser.add_argument("model", type=Path)
    parser.add_argument("--timed", action="store_true")
    options = parser.parse_args(argv)
    answers = sys.stdout
    sys.stdout = sys.stderr  # nothing but answers may stand among the answers
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.ERROR)
    try:
        processor = _load(options.model)
    except Exception as error:  # Rasa raises whatever its components raise
        sys.stderr.write(f"The model {options.model.name} could not be loaded: {error}\n")
        return 1
    asyncio.run(_answer(processor, sys.stdin.buffer, answers, options.timed))
    return 0


def _load(model: Path) -> "TurnProcessor":
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    from bot.addons import lean

    lean.install()
    from bot.addons import processor

    processor.install()
    return processor.TurnProcessor(model, None)


async def _answer(processor: "TurnProcessor", texts: IO[bytes], answers: IO[str], timed: bool) -> None:
    from bot.addons.turn import parse_text

    spoken = processor.model_metadata.language or "en"
    for line in texts:
        text = line.rstrip(b"\n").rstrip(b"\r").decode("utf-8", errors="replace")
        parsed = await parse_text(processor, text)
        answers.write(json.dumps(_shape(parsed, spoken, timed), ensure_ascii=False) + "\n")
        answers.flush()


def _shape(parsed: Dict[str, Any], spoken: str, timed: bool) -> Dict[str, Any]:
    shaped = {
        "text": parsed["text"],
        "intent": parsed["intent"]["name"],
        "confidence": parsed["intent"]["confidence"],
        "language": parsed["language"] or spoken,
        "entities": [
            {key: entity[key] for key in ("entity", "value", "start", "end")} for entity in parsed["entities"]
        ],
        "intent_ranking": parsed["intent_ranking"],
    }
    return {**shaped, "ms": parsed["ms"]} if timed else shaped


if __name__ == "__main__":
    sys.exit(main())
