"""Every door has the same files, and no platform's name is spoken outside its folder."""

from __future__ import annotations

import re

import pytest

from connectors import registry

from .tree import ROOT, sources

FILES = (
    "settings.py",
    "capabilities.py",
    "verify.py",
    "parse.py",
    "render.py",
    "client.py",
    "connector.py",
)
DOORS = sorted(
    p.name
    for p in (ROOT / "connectors").iterdir()
    if p.is_dir() and p.name not in {"contract", "_shared", "__pycache__"}
)
VENDOR_WORDS = re.compile(r"\b(MessageSid|SmsSid|wamid|update_id|X-Twilio|X-Hub-Signature)\b")


def test_there_are_doors() -> None:
    assert {"twilio_sms", "webchat"} <= set(DOORS)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_has_the_same_files_as_its_neighbours(door: str) -> None:
    present = {p.name for p in (ROOT / "connectors" / door).glob("*.py")}
    assert set(FILES) <= present, f"{door} lacks {sorted(set(FILES) - present)}"


@pytest.mark.parametrize("door", DOORS)
def test_a_door_has_a_page_that_says_how_to_open_it(door: str) -> None:
    assert (ROOT / "docs" / "how-to" / f"{door}.md").is_file()


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_registered(door: str) -> None:
    assert door in registry.DOORS


def test_vendor_words_stay_in_the_vendors_folder() -> None:
    told = [
        f"{path}: {found.group()}"
        for path in sources("onethread", "actions")
        if (found := VENDOR_WORDS.search((ROOT / path).read_text(encoding="utf-8")))
    ]
    assert told == []


def test_nothing_asks_for_a_channel_by_name_outside_the_doors() -> None:
    """Limits are data: no `if channel == ...` in the rooms a message walks through."""
    asks = re.compile(r"(channel|connector)\s*(==|!=|in)\s*[\[({]?\s*[\"'](sms|whatsapp|telegram|webchat)")
    rooms = ("ingress", "identity", "conversations", "dialogue", "egress")
    told = [
        str(path)
        for room in rooms
        for path in sources(f"onethread/{room}")
        if asks.search((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert told == []
