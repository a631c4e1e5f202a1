"""Every text a customer sees: in a file, conditioned on the language, short enough for each channel."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connectors.contract.marks import without_marks

from .tree import ROOT, load_yaml, merged_domain

LANGUAGES = ("en",)
RESPONSES: dict[str, list[dict[str, Any]]] = merged_domain().get("responses", {})
GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


def _language(variation: dict[str, Any]) -> str | None:
    for condition in variation.get("condition", []):
        if condition.get("name") == "language":
            return str(condition["value"])
    return None


def test_every_mark_in_a_text_is_a_whole_one() -> None:
    """Half a mark is shown as it stands: to everybody, on every channel."""
    texts = [one["text"] for variations in RESPONSES.values() for one in variations if "text" in one]
    for path in sorted((ROOT / "content" / "faq").rglob("*.yml")):
        texts += [entry["answer"] for entry in load_yaml(path)["entries"]]
    assert [text for text in texts if re.search(r"\*\*|\]\(", without_marks(text))] == []


def test_there_are_responses() -> None:
    assert len(RESPONSES) > 30


def test_a_key_stands_in_one_file_only() -> None:
    """Of a list split over files the merge keeps the last one alone."""
    seen: dict[str, str] = {}
    for path in sorted((ROOT / "domain").rglob("*.yml")):
        for key in load_yaml(path).get("responses", {}):
            assert key not in seen, f"{key} in {path.name} and {seen[key]}"
            seen[key] = path.name


@pytest.mark.parametrize("key", sorted(RESPONSES))
def test_variations_follow_the_language_rule(key: str) -> None:
    variations = RESPONSES[key]
    last = variations[-1]
    assert "condition" not in last and "channel" not in last, "the last variation is for everybody"
    for variation in variations[:-1]:
        assert _language(variation) in LANGUAGES
    present = {_language(v) for v in variations[:-1] if "channel" not in v}
    assert present == set(LANGUAGES)
    for channel in {v["channel"] for v in variations if "channel" in v}:
        of_channel = {_language(v) for v in variations if v.get("channel") == channel}
        assert of_channel == set(LANGUAGES), f"{channel} in all languages or in none"


@pytest.mark.parametrize("key", sorted(RESPONSES))
def test_texts_and_buttons_fit_every_channel(key: str) -> None:
    for variation in RESPONSES[key]:
        text = variation.get("text", "")
        assert len(text) <= 1024, "one WhatsApp interactive body"
        for button in variation.get("buttons", []):
            assert len(button["title"]) <= 20
            assert re.fullmatch(r"/[a-z_]+(\{.*\})?", button["payload"])
        assert len(variation.get("buttons", [])) <= 3


@pytest.mark.parametrize("key", sorted(RESPONSES))
def test_english_texts_stay_in_the_cheap_sms_alphabet(key: str) -> None:
    for variation in RESPONSES[key]:
        if _language(variation) in {None, "en"}:
            odd = set(variation.get("text", "")) - GSM7
            assert not odd, f"{key}: {sorted(odd)} turns the whole SMS into 70-character segments"
