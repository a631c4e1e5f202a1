"""Reads the training data of each language as a strict colleague would: doubles, near copies, leaks, too few.

    python -m onethread.cli.lint_nlu [FOLDER]

Prints one line a fault; 0: none, 1: some, 2: wrong use. A part of `onethread check`.
"""

import argparse
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from onethread.settings import ROOT

FEWEST = {"en": 80}
FEWEST_ELSEWHERE = 50
FALLBACK = "nlu_fallback"
FEWEST_OUT_OF_SCOPE = 250
# An intent with so many times the examples of the median one pulls messages towards itself.
MOST_TIMES_MEDIAN = 3.0
# Share of letter triples in common above which two texts of different intents teach a contradiction.
NEAR_COPY = 0.88
_ANNOTATION = re.compile(r"\[([^\]]*)\]\(([^)]*)\)(?:\{[^}]*\})?")
_ENTITIES = {"order_number", "email", "phone", "tracking_number"}
_PUNCTUATION = re.compile(r"[\s!-/:-@\[-`{-~…’。，？！、：；（）]+")
_HAN = re.compile("[\u3400-\u9fff]")
_LONG_WORDS, _LONG_HAN = 3, 6


@dataclass(frozen=True, slots=True)
class Example:
    """One training text, its annotations taken off."""

    file: str
    intent: str
    text: str
    entities: tuple[str, ...]
    language: str = "en"


def main(argv: list[str]) -> int:
    """Lints the training data of every language below the folder, and that no held-out text is trained on."""
    parser = argparse.ArgumentParser(prog="lint_nlu", description="Check the training data.")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "data" / "nlu")
    folder = parser.parse_args(argv).folder
    if not folder.is_dir():
        sys.stderr.write(f"There is no folder {folder}.\n")
        return 2
    faults: list[str] = []
    total = 0
    for language in sorted(path for path in folder.iterdir() if path.is_dir()):
        examples = list(read_examples(language))
        total += len(examples)
        faults += [f"{language.name}: {fault}" for fault in find_faults(examples, language.name)]
        held_out = (ROOT / "tests" / "nlu" / "heldout").glob(f"{language.name}*.tsv")
        for path in sorted(held_out):
            faults += [f"{language.name}: {fault}" for fault in find_leaks(examples, _texts_of(path))]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    sys.stdout.write(f"{total} training texts, {len(faults)} faults\n")
    return 1 if faults else 0


def read_examples(folder: Path) -> Iterator[Example]:
    """The examples of one language's YAML files, in order."""
    for path in sorted(folder.glob("*.yml")):
        content: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for block in content.get("nlu", []):
            for line in str(block.get("examples", "")).splitlines() if "intent" in block else ():
                text = line.removeprefix("-").strip()
                entities = tuple(found[1] for found in _ANNOTATION.findall(text))
                language = str((block.get("metadata") or {}).get("language") or "en")
                yield Example(path.name, block["intent"], _ANNOTATION.sub(r"\1", text), entities, language)


def find_faults(examples: Sequence[Example], language: str) -> list[str]:
    """Everything wrong with the examples of one language, a sentence each."""
    by_intent: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_intent[example.intent].append(example)
    return [
        *_wrong_lines(examples),
        *_wrong_language(examples, language),
        *_too_few(by_intent, language),
        *_unbalanced(by_intent),
        *_doubles(examples),
        *_near_copies(examples),
    ]


def find_leaks(examples: Sequence[Example], held_out: Sequence[str]) -> list[str]:
    """Training texts of some length that also stand in a held-out file, or nearly so.

    What is shorter ("thank you", "你好") anybody would write.
    """
    kept = [(folded(text), _triples(text)) for text in held_out if _is_long(folded(text))]
    holders: dict[str, list[int]] = defaultdict(list)
    for number, (_, triples) in enumerate(kept):
        for triple in triples:
            holders[triple].append(number)
    leaks: list[str] = []
    for example in examples:
        if not _is_long(folded(example.text)):
            continue
        own = _triples(example.text)
        shared = Counter(number for triple in own for number in holders[triple])
        for number, common in sorted(shared.items()):
            text, triples = kept[number]
            if text == folded(example.text):
                leaks.append(f"'{example.text}' of {example.file} is held out for measuring")
            elif common >= NEAR_COPY * len(own | triples):
                leaks.append(f"'{example.text}' of {example.file} is nearly '{text}', held out for measuring")
    return leaks


def _is_long(text: str) -> bool:
    """Three words and more; Chinese has no spaces, and six of its characters are as many."""
    return len(text.split()) >= _LONG_WORDS or len(_HAN.findall(text)) >= _LONG_HAN


def folded(text: str) -> str:
    """A text as it is compared: lower case, without punctuation unless it has nothing else."""
    return _PUNCTUATION.sub(" ", text.lower()).strip() or text.strip()


def _wrong_lines(examples: Sequence[Example]) -> Iterator[str]:
    for example in examples:
        if not example.text:
            yield f"{example.file} has an example without text"
        if example.file != f"{example.intent}.yml":
            yield f"'{example.text}' of {example.intent} stands in {example.file}"
        for entity in example.entities:
            if entity not in _ENTITIES:
                yield f"'{example.text}' names an unknown entity {entity}"


def _wrong_language(examples: Sequence[Example], language: str) -> Iterator[str]:
    """Without the mark a file would be learnt as English."""
    for file, named in sorted({(example.file, example.language) for example in examples}):
        if named != language:
            yield f"{file} says that it is in '{named}': metadata: language: {language}"


def _too_few(by_intent: Mapping[str, Sequence[Example]], language: str) -> Iterator[str]:
    for intent, examples in sorted(by_intent.items()):
        least = FEWEST_OUT_OF_SCOPE if intent == FALLBACK else FEWEST.get(language, FEWEST_ELSEWHERE)
        if len(examples) < least:
            yield f"{intent} has {len(examples)} examples; {least} are needed"


def _unbalanced(by_intent: Mapping[str, Sequence[Example]]) -> Iterator[str]:
    sizes = sorted(len(examples) for intent, examples in by_intent.items() if intent != FALLBACK)
    if not sizes:
        return
    median = sizes[len(sizes) // 2]
    for intent, examples in sorted(by_intent.items()):
        if intent != FALLBACK and len(examples) > MOST_TIMES_MEDIAN * median:
            yield f"{intent} has {len(examples)} examples, the median intent {median}"


def _doubles(examples: Sequence[Example]) -> Iterator[str]:
    first: dict[str, Example] = {}
    for example in examples:
        known = first.setdefault(folded(example.text), example)
        if known is not example:
            where = "twice" if known.intent == example.intent else f"also in {known.intent}"
            yield f"'{example.text}' stands in {example.intent} {where}"


def _near_copies(examples: Sequence[Example]) -> Iterator[str]:
    """Pairs of different intents that share nearly all their letter triples.

    Two sets so alike have one of their rarest triples in common, so only those are looked up.
    """
    triples = [_triples(example.text) for example in examples]
    spread = Counter(triple for own in triples for triple in own)
    holders: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(triples):
        if len(own) < 8:
            continue
        rarest = sorted(own, key=lambda triple: (spread[triple], triple))
        looked_up = rarest[: len(own) - math.ceil(NEAR_COPY * len(own)) + 1]
        for other in sorted({other for triple in looked_up for other in holders[triple]}):
            one, two = examples[other], examples[number]
            alike = len(own & triples[other]) / len(own | triples[other])
            if one.intent != two.intent and alike >= NEAR_COPY and folded(one.text) != folded(two.text):
                yield f"'{one.text}' of {one.intent} and '{two.text}' of {two.intent} are near copies"
        for triple in looked_up:
            holders[triple].append(number)


def _triples(text: str) -> set[str]:
    padded = f"  {folded(text)} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def _texts_of(path: Path) -> list[str]:
    return [line.split("\t")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
