"""What editors wrote, in every language: the same entries, and found by questions nobody wrote down."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from onethread.knowledge.entries import Entry, load_folder
from onethread.knowledge.search import Index
from onethread.knowledge.words import fold
from onethread.settings import ROOT

QUESTIONS = Path(__file__).parent / "questions"
FOUND_AT_LEAST = 0.85
LANGUAGES = ("en", "ro", "ru", "zh")
ENTRIES, PROBLEMS = load_folder(ROOT / "content" / "faq")


def written_in(language: str) -> list[Entry]:
    return [entry for entry in ENTRIES if entry.language == language]


def asked_in(language: str) -> Sequence[tuple[str, str]]:
    """(question, id of its entry). Held out: never copy one of these into content/faq."""
    lines = (QUESTIONS / f"{language}.tsv").read_text("utf-8").splitlines()
    return [(question, wanted) for question, wanted in (line.split("\t") for line in lines)]


def test_the_content_is_sound() -> None:
    assert PROBLEMS == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_entries(language: str) -> None:
    def shape(of: str) -> set[tuple[str, str, bool]]:
        return {(entry.id, entry.topic, entry.general) for entry in written_in(of)}

    assert shape(language) == shape("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_tells_the_same_numbers_and_addresses(language: str) -> None:
    def facts(answer: str) -> list[str]:
        spoken = re.sub(r"(?<=\d),(?=\d)", ".", answer).replace(" non-stop", "")
        return sorted(re.findall(r"\d[\d.:]*\d|\d|[\w.]+@[\w.]+\w|brindlefern\.example/\w+", spoken))

    english = {entry.id: facts(entry.answer) for entry in written_in("en")}
    told = {entry.id: facts(entry.answer) for entry in written_in(language)}
    assert {key: value for key, value in told.items() if value != english[key]} == {}


@pytest.mark.parametrize("language", ["ro", "ru", "zh"])
def test_questions_in_other_words_find_their_entry(language: str) -> None:
    index = Index(written_in(language), language)
    missed = []
    for question, wanted in asked_in(language):
        best = index.search(question)
        if not best or best[0].entry.id != wanted:
            missed.append((question, best[0].entry.id if best else None))
    found = 1 - len(missed) / len(asked_in(language))
    print(f"\n{language}: {found:.3f} of {len(asked_in(language))} found")
    assert found >= FOUND_AT_LEAST, missed


@pytest.mark.parametrize("language", ["ro", "ru", "zh"])
def test_no_held_out_question_is_in_the_content(language: str) -> None:
    written = {tuple(fold(question)) for entry in written_in(language) for question in entry.questions}
    assert [question for question, _ in asked_in(language) if tuple(fold(question)) in written] == []
