from datetime import date
from pathlib import Path

import pytest

from onethread.knowledge.__main__ import main
from onethread.knowledge.entries import load_folder
from onethread.settings import ROOT

SOUND = """\
topic: ask_faq
entries:
  - id: parrots
    questions:
      - Do you sell parrots?
    answer: >-
      No,
      never.
    valid_until: 2026-12-24
"""


def write(folder: Path, text: str | bytes, name: str = "en/shop.yml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_an_entry_is_read_with_its_language_topic_and_last_day(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    [entry], problems = load_folder(tmp_path)
    assert problems == ()
    assert (entry.id, entry.language, entry.topic) == ("parrots", "en", "ask_faq")
    assert entry.answer == "No, never."
    assert entry.is_valid(date(2026, 12, 24))
    assert not entry.is_valid(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("topic: ask_faq", "topic: parrots", 1, "is none of"),
        ("id: parrots", "name: parrots", 3, "name is none of"),
        ("  - id: parrots", "  - general: true", 3, "id is missing"),
        ("      - Do you sell parrots?", "      []", 5, "at least one question"),
        ("      - Do you sell parrots?", "      Do you?", 5, "should be a list"),
        ("2026-12-24", "Christmas", 9, "a day like"),
        ("valid_until: 2026-12-24", "general: perhaps", 9, "true or false"),
        ("valid_until: 2026-12-24", "answer: twice", 9, "is there twice"),
        ("valid_until: 2026-12-24", "general: &a true", 9, "anchors"),
        ("valid_until: 2026-12-24", "general: *a", 9, "anchors"),
        ("valid_until: 2026-12-24", "\tgeneral: true", 9, "not the YAML we read"),
        ("No,", "No," + "x" * 600, 6, "600 are the most"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = write(tmp_path, SOUND.replace(old, new))
    entries, problems = load_folder(tmp_path)
    assert entries == ()
    assert [(problem.file, problem.line) for problem in problems] == [(path, line)]
    assert words in problems[0].message


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"- [" * 3_000, b"\x00", b"x" * 1_000_001])
def test_a_file_that_is_none_of_ours_is_a_problem_not_a_crash(tmp_path: Path, text: bytes) -> None:
    write(tmp_path, text)
    assert len(load_folder(tmp_path)[1]) == 1


def test_a_thousand_laughs_are_refused_before_they_are_told(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    write(tmp_path, "\n".join(lines))
    [problem] = load_folder(tmp_path)[1]
    assert "anchors" in problem.message


def test_an_id_counts_once_in_a_language_and_a_topic_has_one_general_entry(tmp_path: Path) -> None:
    general = SOUND.replace("valid_until: 2026-12-24", "general: true")
    write(tmp_path, general, "en/a.yml")
    write(tmp_path, general, "en/b.yml")
    write(tmp_path, general.replace("id: parrots", "id: budgies"), "en/c.yml")
    write(tmp_path, general, "ro/a.yml")
    entries, problems = load_folder(tmp_path)
    assert [(entry.language, entry.id, entry.general) for entry in entries] == [
        ("en", "parrots", True),
        ("en", "budgies", False),
        ("ro", "parrots", True),
    ]
    assert "already" in problems[0].message
    assert "a.yml:3" in problems[0].message
    assert "already has a general entry" in problems[1].message


def test_sound_entries_stay_beside_a_bad_one(tmp_path: Path) -> None:
    write(tmp_path, SOUND + "  - id: broken\n")
    entries, problems = load_folder(tmp_path)
    assert [entry.id for entry in entries] == ["parrots"]
    assert problems[0].line == 10


def test_the_command_prints_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, SOUND.replace("2026-12-24", "Christmas"))
    assert main([str(tmp_path)]) == 1
    assert f"{path}:9: valid_until" in capsys.readouterr().out


def test_what_is_shipped_is_sound_and_enough() -> None:
    entries, problems = load_folder(ROOT / "content" / "faq")
    assert problems == ()
    assert len([entry for entry in entries if entry.language == "en"]) >= 30
    topics = {entry.topic for entry in entries}
    assert {entry.topic for entry in entries if entry.general} == topics - {"ask_faq"}
