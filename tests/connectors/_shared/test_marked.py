from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._shared.degrade import degrade
from connectors._shared.graphemes import utf16_units
from connectors.contract import Button, Buttons, Capabilities, Marks, OutboundMessage, Span, TextUnit
from connectors.contract.marks import without_marks

PLAIN = Capabilities(text_max=60, text_unit=TextUnit.UTF16)
WHATSAPP = dataclasses.replace(
    PLAIN,
    marks=Marks.WHATSAPP,
    buttons=Buttons.NATIVE,
    buttons_max=3,
    button_title_max=20,
    tap_id_max_bytes=64,
    choices_text_max=40,
)
SPANS = dataclasses.replace(WHATSAPP, marks=Marks.SPANS)
SHOP = "https://shop.example"


def said(text: str, capabilities: Capabilities) -> str:
    (part,) = degrade(OutboundMessage(text, marks=True), capabilities)
    return part.text


def test_a_channel_without_marks_says_the_words() -> None:
    assert said(f"Order **1042**: [track it]({SHOP})", PLAIN) == f"Order 1042: track it: {SHOP}"


def test_whatsapp_has_one_asterisk() -> None:
    assert said(f"Order **1042**: [track it]({SHOP})", WHATSAPP) == f"Order *1042*: track it: {SHOP}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("un**believ**able", "unbelievable"),
        (r"**5\* hotel**", "5* hotel"),
        (rf"**[here]({SHOP})**", f"here: {SHOP}"),
        (r"**1042**\* is here", "1042* is here"),
    ],
)
def test_bold_that_whatsapp_would_not_read_is_left_out(text: str, shown: str) -> None:
    assert said(text, WHATSAPP) == shown


def test_spans_count_as_telegram_and_browsers_do() -> None:
    (part,) = degrade(OutboundMessage(f"👋 **Hi 😀** [shop]({SHOP})", marks=True), SPANS)
    assert part.text == "👋 Hi 😀 shop"
    assert part.spans == (Span(3, 8), Span(9, 13, SHOP))


def test_nobodys_words_are_read_for_marks() -> None:
    for capabilities in (PLAIN, WHATSAPP, SPANS):
        (part,) = degrade(OutboundMessage("**not** \\* [bold](https://a.example)"), capabilities)
        assert (part.text, part.spans) == ("**not** \\* [bold](https://a.example)", ())


def test_bold_over_a_cut_is_bold_on_both_sides() -> None:
    text = "**" + " ".join(["bold"] * 20) + "**"
    first, second = degrade(OutboundMessage(text, marks=True), WHATSAPP)
    for part in (first, second):
        assert part.text.strip().startswith("*bold")
        assert part.text.strip().endswith("bold*")
    for part in degrade(OutboundMessage(text, marks=True), SPANS):
        assert part.spans == (Span(0, len(part.text)),)


PIECES = st.sampled_from(
    [
        "**bold**",
        "**two words** ",
        "plain ",
        "😀",
        "e\u0301",
        "\n",
        ". ",
        f"[a]({SHOP}) ",
        "*",
        "[",
        "漢字",
        "\\*",
    ]
)


@given(
    st.lists(PIECES, max_size=60).map("".join),
    st.booleans(),
    st.sampled_from([PLAIN, WHATSAPP, SPANS]),
)
def test_marks_break_no_limit_and_lose_no_word(text: str, choices: bool, capabilities: Capabilities) -> None:
    buttons = (Button("Yes", "m1.1"), Button("No", "m1.2")) if choices else ()
    parts = degrade(OutboundMessage(text, buttons, marks=True), capabilities)
    for part in parts:
        limit = capabilities.choices_text_max if part.buttons else capabilities.text_max
        assert utf16_units(part.text) <= (limit or 0)
        assert all(0 <= span.start < span.end <= utf16_units(part.text) for span in part.spans)
    if capabilities.marks is not Marks.SPANS:
        shown = "".join(part.text for part in parts)
        asterisks = str.maketrans({"*": None, "\n": None, " ": None})
        wanted = without_marks(text).translate(asterisks)
        assert shown.translate(asterisks).startswith(wanted)
