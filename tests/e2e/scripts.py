"""Reads the scripted talks of tests/rasa/stories/<language>, and knows the words of what is to be heard.

A story's metadata says what Rasa's format has no place for: the `app` the customer writes with, his `phone`
where the talk needs a certain one, and what he `hears` turn by turn:

    utter_cancel_offer(1521)      this response, in the folder's language, about this order
    en/utter_ask_order            the same in another language
    faq(delivery-costs)           the editors' answer with this id
    [one, another]                several, in this order
    in English please => utter_x  a turn of its own that the house takes without asking Rasa
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from connectors.contract.marks import without_marks

from .running import ROOT

STORIES = ROOT / "tests" / "rasa" / "stories"
LANGUAGES = ("en", "ro", "ru", "zh")
_ITEM = re.compile(r"(?:([a-z]{2})/)?(\w+)(?:\(([\w-]+)\))?")


@dataclass(frozen=True, slots=True)
class Turn:
    """What the customer writes and all he must hear before he writes again."""

    says: str
    hears: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """One customer's talk."""

    name: str
    language: str
    app: str
    phone: str
    turns: tuple[Turn, ...]


def scripts() -> list[Script]:
    """All of them, in the order of their files."""
    return [
        Script(
            name=f"{language}-{path.stem.removeprefix('test_')}",
            language=language,
            app=story["metadata"]["app"],
            phone=story["metadata"].get("phone", ""),
            turns=tuple(_turns(story)),
        )
        for language in LANGUAGES
        for path in sorted((STORIES / language).glob("test_*.yml"))
        for story in yaml.safe_load(path.read_text("utf-8"))["stories"]
    ]


def _turns(story: dict[str, Any]) -> Iterator[Turn]:
    hears, said = (
        list(story["metadata"]["hears"]),
        [step["user"] for step in story["steps"] if "user" in step],
    )
    while hears:
        heard = hears.pop(0)
        if isinstance(heard, str) and " => " in heard:
            says, _, key = heard.partition(" => ")
            yield Turn(says, (key,))
        else:
            yield Turn(said.pop(0), tuple(heard) if isinstance(heard, list) else (heard,))
    assert said == [], f"{story['story']}: nothing is said about what is heard after {said}"


def pattern(turn: Turn, language: str, *, first: bool) -> re.Pattern[str]:
    """What the phone must show after this turn: these words, all of them and no others.

    Only the values of an order are free, and numbered choices where an app has no buttons. The very
    first answer may say that a machine speaks.
    """
    said = [_words(item, language) for item in turn.hears]
    choices = r"(?:\n+\d{1,2}\. [^\n]+)*"
    whole = r"\n+".join(f"{words}{choices}" for words in said)
    if first:
        spoken = _parts(turn.hears[0], language)[0]
        whole = f"(?:{re.escape(_text('utter_house_disclosure', spoken))}\\s+)?{whole}"
    return re.compile(whole)


def _words(item: str, language: str) -> str:
    """A pattern of an item's very words."""
    spoken, key, about = _parts(item, language)
    if key == "faq":
        return re.escape(without_marks(_answers(spoken)[about]))
    pieces = re.split(r"{(\w+)}", without_marks(_text(key, spoken)))
    for place in range(1, len(pieces), 2):
        named = about and pieces[place] in {"order_number", "order"}
        pieces[place] = re.escape(about) if named else r"[^\n]+"
    pieces[::2] = [re.escape(piece) for piece in pieces[::2]]
    return "".join(pieces)


def _parts(item: str, language: str) -> tuple[str, str, str]:
    found = _ITEM.fullmatch(item)
    assert found, f"{item} is nothing one can hear"
    return found[1] or language, found[2], found[3] or ""


def _text(key: str, language: str) -> str:
    [text] = [
        str(one["text"])
        for one in _responses()[key]
        if "channel" not in one and one.get("condition", [{}])[0].get("value") == language
    ]
    return text.strip()


@cache
def _responses() -> dict[str, list[dict[str, Any]]]:
    merged: dict[str, list[dict[str, Any]]] = {}
    for path in (ROOT / "domain" / "responses").glob("*.yml"):
        merged |= yaml.safe_load(path.read_text("utf-8"))["responses"]
    return merged


@cache
def _answers(language: str) -> dict[str, str]:
    files = (ROOT / "content" / "faq" / language).glob("*.yml")
    entries = [entry for path in files for entry in yaml.safe_load(path.read_text("utf-8"))["entries"]]
    return {entry["id"]: " ".join(entry["answer"].split()) for entry in entries}
