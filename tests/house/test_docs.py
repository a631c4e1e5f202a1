"""Every setting, command and decision is documented where a reader looks for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .tree import ROOT, sources

DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*DOCS.rglob("*.md"), *(p for p in ROOT.glob("*.md")), ROOT / "onethread" / "README.md"])


def _commands() -> set[str]:
    from onethread.cli import __main__ as cli

    return set(cli.COMMANDS)


def test_every_command_is_in_the_reference() -> None:
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    assert {c for c in _commands() if f"`{c}" not in page} == set()


def test_every_setting_is_in_the_reference() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    names: set[str] = set()
    for path in sources("onethread", "connectors"):
        if path.name == "settings.py":
            names |= set(
                re.findall(
                    r"\b(?:ONETHREAD|TWILIO|WHATSAPP|TELEGRAM|WEBCHAT|DATABASE|REDIS)_[A-Z_]*[A-Z]\b",
                    (ROOT / path).read_text(encoding="utf-8"),
                )
            )
    assert names
    assert {n for n in names if n not in page} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_decision_is_listed() -> None:
    index = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")
    for page in (DOCS / "adr").glob("[0-9]*.md"):
        assert page.name in index
