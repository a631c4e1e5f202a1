"""Follows docs/tutorial/write-a-connector.md to the letter, in a copy of the tree."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from .tree import ROOT

PAGE = ROOT / "docs" / "tutorial" / "write-a-connector.md"
_COPIED = ("connectors", "tests", "docs")
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "browser", "e2e", "nlu", "rasa", "images", "*.jsonl")
_FILE = re.compile(r'^```\w+ title="([^"]+)"(?: after="([^"]+)")?\n(.*?)^```$', re.M | re.S)
_COMMAND = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)


def test_every_block_of_code_says_what_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    fences = re.findall(r"^```\w", page, re.M)
    assert len(fences) == len(_FILE.findall(page)) + len(_COMMAND.findall(page)) > 10


def test_following_the_page_opens_a_door_that_answers_every_question(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    copy_tree(tmp_path)
    lines_outside = follow(page, tmp_path)
    assert lines_outside == ['    "pager",']
    (command,) = _COMMAND.findall(page)
    python, *arguments = command.split()
    assert python == ".venvs/house/bin/python"
    asked = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False
    )
    assert asked.returncode == 0, asked.stdout[-4000:] + asked.stderr[-2000:]
    passed = re.search(r"(\d+) passed", asked.stdout)
    assert passed and int(passed[1]) > 80, asked.stdout[-2000:]
    assert "skipped" not in asked.stdout


def copy_tree(to: Path) -> None:
    """What the page writes into is copied, the rest of the tree is the tree."""
    for entry in ROOT.iterdir():
        if entry.name in _COPIED:
            shutil.copytree(entry, to / entry.name, ignore=_NOT_COPIED)
        elif entry.name not in (".git", "var"):
            (to / entry.name).symlink_to(entry)


def follow(page: str, to: Path) -> list[str]:
    """Writes the page's files; returns the lines it adds to files that were there."""
    added: list[str] = []
    for name, after, text in _FILE.findall(page):
        file = to / name
        if not after:
            assert not file.exists(), name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            continue
        before = file.read_text(encoding="utf-8")
        assert before.count(f"{after}\n") == 1, name
        file.write_text(before.replace(f"{after}\n", f"{after}\n{text}"), encoding="utf-8")
        added += text.splitlines()
    return added
