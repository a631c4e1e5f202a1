from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors._shared.graphemes import graphemes, utf16_units
from connectors.contract import Button, OutboundMessage
from connectors.twilio_sms.render import render

PIECES = st.sampled_from(
    [
        "👨‍👩‍👧‍👦",
        "🇷🇴🇩🇪",
        "e\u0301\u0323",
        "שלום ",
        "漢字",
        "ภาษาไทย",
        "plain words ",
        "“quoted” ",
        "€[]",
        "\n\n",
        ". ",
        "x" * 90,
    ]
)


@given(st.lists(PIECES, max_size=250).map("".join))
def test_long_texts_of_any_script_keep_limits_graphemes_and_words(text: str) -> None:
    parts = render(OutboundMessage(text))
    assert all(utf16_units(part.text) <= 1600 for part in parts)
    kept = [item for part in parts for item in graphemes(part.text) if item.strip()]
    assert kept == [item for item in graphemes(text) if item.strip()]


def test_ten_thousand_characters_are_sent_whole() -> None:
    text = "A sentence that says something. " * 320
    parts = render(OutboundMessage(text))
    assert "".join(part.text for part in parts) == text.rstrip()
    assert len(parts) == 7


def test_choices_are_numbered() -> None:
    (part,) = render(OutboundMessage("Which one?", (Button("Track", "m1.1"), Button("Return", "m1.2"))))
    assert (part.text, part.buttons) == ("Which one?\n\n1. Track\n2. Return", ())


def test_an_answer_of_ordinary_length_is_one_sms() -> None:
    assert len(render(OutboundMessage("I am the shop's assistant. " * 30))) == 1
