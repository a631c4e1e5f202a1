"""Has labelled messages read by an assistant in a process of its own: texts in, a JSON object a line out."""

import csv
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onethread.bench.rooms import CannotMeasure
from onethread.bench.understanding import FALLBACK, Reading

_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One message of a file, what it wants, and its language where the file says it."""

    text: str
    intent: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """How the process of an assistant that answers as `bot/parse.py` does is started, and on which model."""

    name: str
    model: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path


def read_rows(path: Path, language: str | None = None) -> list[Row]:
    """The rows of a tab-separated file with a heading that names `text`, `intent` and maybe `language`.

    `language` is that of every row that does not say its own.

    Raises:
        CannotMeasure: the file is not there, empty, or of another shape.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            found = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise CannotMeasure(f"{path} cannot be read: {error}") from error
    rows = [
        Row(row["text"], row["intent"], row.get("language") or language)
        for row in found
        if row.get("text") and row.get("intent")
    ]
    if not rows or len(rows) != len(found):
        raise CannotMeasure(f"{path} must have a heading with 'text' and 'intent', and both in every row.")
    return rows


def read(rows: Sequence[Row], reader: Reader) -> list[Reading]:
    """What the assistant makes of each text, in one process that loads its model once.

    Raises:
        CannotMeasure: that process failed, or answered something else.
    """
    done = subprocess.run(
        reader.argv,
        input="".join(" ".join(row.text.splitlines()) + "\n" for row in rows),
        cwd=reader.cwd,
        env=reader.env,
        check=False,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
    )
    answers = [json.loads(line) for line in done.stdout.split("\n") if line]
    if done.returncode != 0 or len(answers) != len(rows):
        raise CannotMeasure(f"{reader.name} read {len(answers)} of {len(rows)} texts; see above.")
    return [reading(row, answer) for row, answer in zip(rows, answers, strict=True)]


def reading(row: Row, answer: Mapping[str, Any]) -> Reading:
    """A line of `bot/parse.py --timed` beside what the row says."""
    guesses = [guess["name"] for guess in answer["intent_ranking"] if guess["name"] != FALLBACK]
    return Reading(
        label=row.intent,
        intent=answer["intent"],
        best_guess=guesses[0] if guesses else None,
        confidence=answer["confidence"],
        ms=answer["ms"],
        language=row.language,
        told=answer["language"],
        long=is_long(row.text),
    )


def is_long(text: str) -> bool:
    """Three words and more; Chinese has no spaces, and six of its characters are as many."""
    words = [word for word in text.split() if any(map(str.isalnum, word))]
    return len(words) >= 3 or len(_HAN.findall(text)) >= 6
