from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors._shared.graphemes import graphemes, utf16_units
from connectors.contract import Button, MediaRef, OutboundMessage
from connectors.telegram.render import render

PIECES = st.sampled_from(
    [
        "👨‍👩‍👧‍👦",
        "🇷🇴🇩🇪",
        "e\u0301\u0323",
        "שלום ",
        "漢字",
        "ภาษาไทย",
        "words ",
        "<b>&amp;",
        "_*[](",
        "\n\n",
        "x" * 300,
    ]
)


@given(st.lists(PIECES, max_size=120).map("".join))
def test_long_texts_of_any_script_keep_limits_graphemes_and_words(text: str) -> None:
    parts = render(OutboundMessage(text))
    assert all(utf16_units(part.text) <= 4096 for part in parts)
    kept = [item for part in parts for item in graphemes(part.text) if item.strip()]
    assert kept == [item for item in graphemes(text) if item.strip()]


def test_ten_thousand_characters_are_sent_whole() -> None:
    text = "A sentence that says something. " * 320
    parts = render(OutboundMessage(text))
    assert "".join(part.text for part in parts) == text.rstrip()
    assert len(parts) == 3


def test_an_emoji_counts_as_two() -> None:
    assert [len(part.text) for part in render(OutboundMessage("😀" * 4096))] == [2048, 2048]


def test_choices_are_buttons_under_the_last_part() -> None:
    buttons = (Button("Track", "m1.1"), Button("Return", "m1.2"))
    *first, last = render(OutboundMessage("word " * 1000, buttons))
    assert last.buttons == buttons
    assert first and all(part.buttons == () for part in first)


def test_a_choice_too_wide_for_a_phone_makes_a_list() -> None:
    (part,) = render(OutboundMessage("Which?", (Button("a" * 41, "m1.1"), Button("b", "m1.2"))))
    assert part.buttons == ()
    assert part.text.endswith(f"1. {'a' * 41}\n2. b")


def test_a_tap_id_over_64_bytes_makes_a_list() -> None:
    (part,) = render(OutboundMessage("Which?", (Button("a", "é" * 33),)))
    assert part.buttons == ()


def test_a_file_is_a_link_with_its_caption() -> None:
    (part,) = render(OutboundMessage("Look", media=(MediaRef("https://x.example/a.pdf", "", "Invoice"),)))
    assert part.text == "Look\n\nInvoice\nhttps://x.example/a.pdf"
