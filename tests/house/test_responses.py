"""Every text a customer sees: in a file, in every language and only in it, short enough for each channel."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connectors._shared.segments import Encoding, count_segments
from connectors.contract import Button, Channel, OutboundMessage
from connectors.contract.marks import without_marks
from connectors.twilio_sms.render import render

from .tree import ROOT, load_yaml, merged_domain

LANGUAGES = ("en", "ro", "ru", "zh")
DOMAIN = merged_domain()
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN.get("responses", {})

DAYS = {
    "en": ("Wednesday, November 18", "tomorrow, "),
    "ro": ("miercuri, 18 noiembrie", "astăzi, "),
    "ru": ("18 сентября (ср)", "сегодня, "),
    "zh": ("11月18日（周三）", "今天，"),
}
"""A long day, and what is put before one that comes soon."""
EXAMPLES = {
    "order_number": "1042",
    "order": "1042",
    "items": "2 x Stoneware mug, Linen tablecloth",
    "total": "92.00 USD",
    "carrier": "Northway Post",
    "tracking_number": "NW0123456789",
    "agent": "Maria",
    "channel": "WhatsApp",
    "code": "123456",
}
"""What stands for a value, of usual length."""
SEGMENTS_MAX = 3
"""SMS of one text with its choices, as it goes out."""

NAMES = re.compile(
    r"Brindle and Fern|Apple Pay|Google Pay|Visa|Mastercard|American Express|PayPal|Klarna|WhatsApp|Telegram"
    r"|12 Fern Lane|Portland|T-shirt|e-mail|SMS|START|STOP|VAT|[\w.]+@[\w.]+|brindlefern\.example(/\w+)?",
    re.IGNORECASE,
)
"""What is written alike in every language."""
_ENGLISH = r"\b(the|you|your|and|is|please|order|it|we|to|of|this|that|not|if|what)\b"
QUOTES = {"en": '"', "ro": "„”", "ru": "«»", "zh": "“”"}
_EVERY_QUOTE = '"„“”«»‚‘‹›「」『』'


def _language(variation: dict[str, Any]) -> str | None:
    for condition in variation.get("condition", []):
        if condition.get("name") == "language":
            return str(condition["value"])
    return None


def _said(key: str) -> dict[str, dict[str, Any]]:
    """The variations of a response by language, those for one channel left out."""
    return {
        language: one
        for one in RESPONSES[key]
        if "channel" not in one and (language := _language(one)) is not None
    }


def _as_sms(key: str, language: str) -> list[str]:
    """The SMS by which a customer of this language gets a response."""
    of_sms = {_language(one): one for one in RESPONSES[key] if one.get("channel") == Channel.SMS}
    one = of_sms.get(language) or _said(key)[language]
    day, soon = DAYS[language]
    values = EXAMPLES | dict.fromkeys(("date", "other_date", "until"), day) | {"eta": soon + day}
    buttons = [Button(button["title"], tap="1") for button in one.get("buttons", [])]
    text = re.sub(r"{(\w+)}", lambda match: values[match.group(1)], one["text"])
    return [part.text for part in render(OutboundMessage(text=text, buttons=tuple(buttons), marks=True))]


def _written() -> list[tuple[str, str, str]]:
    """(where, language, text) of every sentence, button and answer."""
    found = []
    for key, variations in RESPONSES.items():
        for one in variations:
            texts = [one["text"], *(button["title"] for button in one.get("buttons", []))]
            found += [(key, language, text) for text in texts if (language := _language(one)) is not None]
    for path in sorted((ROOT / "content" / "clarify").glob("*.yml")):
        found += [(path.name, path.stem, title) for title in load_yaml(path).values()]
    for path in sorted((ROOT / "content" / "faq").rglob("*.yml")):
        found += [(one["id"], path.parent.name, one["answer"]) for one in load_yaml(path)["entries"]]
    return found


WRITTEN = _written()


def _foreign(text: str, language: str) -> str | None:
    """What in a text belongs to another language or its signs, if anything."""
    text = NAMES.sub("", re.sub(r"{\w+}", "", text))
    if odd := set(text) & (set(_EVERY_QUOTE) - set(QUOTES[language])):
        return f"quotes {sorted(odd)}"
    patterns = {
        "en": r"[^\x00-\x7f£€]",
        "ro": f"{_ENGLISH}|[şţŞŢ]|[^\\W\\d_a-zăâîșțA-ZĂÂÎȘȚ]",
        "ru": r"[^\W\d_а-яёА-ЯЁ]",
        "zh": r"[A-Za-zА-я你]|[一-鿿][,.!?;:()]|[,!?;()] ?[一-鿿]",
    }
    match = re.search(patterns[language], text, re.IGNORECASE if language == "ro" else 0)
    return match and match.group()


def test_every_mark_in_a_text_is_a_whole_one() -> None:
    """Half a mark is shown as it stands: to everybody, on every channel."""
    assert [text for *_, text in WRITTEN if re.search(r"\*\*|\]\(", without_marks(text))] == []


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
    *conditioned, last = RESPONSES[key]
    assert "condition" not in last and "channel" not in last, "the last variation is for everybody"
    of_all = [_language(v) for v in conditioned if "channel" not in v]
    assert sorted(map(str, of_all)) == list(LANGUAGES), "each language once"
    for channel in {v["channel"] for v in conditioned if "channel" in v}:
        of_channel = [_language(v) for v in conditioned if v.get("channel") == channel]
        assert sorted(map(str, of_channel)) == list(LANGUAGES), f"{channel} in all languages or in none"


@pytest.mark.parametrize("key", sorted(RESPONSES))
def test_every_language_says_the_same_and_offers_the_same(key: str) -> None:
    for variation in RESPONSES[key]:
        english = _said(key)["en"]
        told, known = (set(re.findall(r"{\w+}", one["text"])) for one in (variation, english))
        assert told <= known if "channel" in variation else told == known, "a short text may tell less"
        payloads = [button["payload"] for button in variation.get("buttons", [])]
        assert payloads == [button["payload"] for button in english.get("buttons", [])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_other_language_is_left_in_a_text(language: str) -> None:
    """Letters, quotes and full stops of the language; English words only in names."""
    found = [
        (where, odd) for where, of, text in WRITTEN if of == language and (odd := _foreign(text, language))
    ]
    assert found == []


@pytest.mark.parametrize("key", sorted(RESPONSES))
def test_texts_and_buttons_fit_every_channel(key: str) -> None:
    for variation in RESPONSES[key]:
        assert len(variation["text"]) <= 320, "short enough to be read on a phone"
        titles = [button["title"] for button in variation.get("buttons", [])]
        assert len(titles) <= 3
        assert len(set(titles)) == len(titles)
        assert all(1 <= len(title) <= 20 for title in titles), titles
        for button in variation.get("buttons", []):
            match = re.fullmatch(r"/([a-z_]+)(\{.*\})?", button["payload"])
            assert match is not None
            assert match[1] in DOMAIN["intents"] or match[1].startswith("house_")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_response_costs_few_sms(language: str) -> None:
    costs = {}
    for key in RESPONSES:
        counted = [count_segments(text) for text in _as_sms(key, language)]
        # English keeps to the cheap alphabet, as no other language can.
        assert language != "en" or all(one.encoding == Encoding.GSM7 for one in counted), key
        costs[key] = sum(one.count for one in counted)
    print(f"\n{language}: mean {sum(costs.values()) / len(costs):.2f} SMS")
    assert [(key, cost) for key, cost in costs.items() if cost > SEGMENTS_MAX] == []
