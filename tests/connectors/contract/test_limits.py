"""The same question to every door: is what it renders within its limits, whole, and all there?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._shared.graphemes import graphemes
from connectors.contract import Button, Capabilities, Marks, MediaRef, OutboundMessage, Part, TextUnit
from connectors.contract.marks import without_marks

from .doors import every_door, pure

PIECES = st.sampled_from(
    [
        "👨‍👩‍👧‍👦",
        "🏳️‍🌈",
        "🇷🇴🇩🇪",
        "👍🏽",
        "1️⃣",
        "e\u0301\u0323",
        "z\u0351\u036b\u0343",
        "שָׁלוֹם ",
        "مرحبا بك ",
        "漢字かな交じり文",
        "한국어 ",
        "ภาษาไทย",
        "नमस्ते",
        "plain words ",
        "“quoted” €[] ",
        "\n\n",
        "\r\n",
        ". ",
        "\u2028",
        "x" * 300,
    ]
)
SHORT = st.lists(PIECES, max_size=40).map("".join)
LONG = st.lists(PIECES, min_size=40, max_size=200).map(lambda pieces: ("".join(pieces) * 12)[:10_000])
TITLES = st.lists(PIECES | st.text(max_size=30), min_size=1, max_size=3).map("".join)
FILES = st.builds(
    MediaRef,
    st.sampled_from(["https://shop.example/a.jpg", "file-7"]),
    st.sampled_from(["image/jpeg", "audio/ogg", "application/pdf", "text/x-odd", ""]),
    caption=st.lists(PIECES, max_size=30).map("".join),
)


@st.composite
def messages(draw: st.DrawFn, texts: st.SearchStrategy[str] = SHORT) -> OutboundMessage:
    titles = draw(st.lists(TITLES, max_size=13))
    return OutboundMessage(
        text=draw(texts),
        buttons=tuple(Button(title, f"m{draw(st.integers(0, 10**6))}.{n}") for n, title in enumerate(titles)),
        media=tuple(draw(st.lists(FILES, max_size=2))),
        marks=draw(st.booleans()),
    )


@every_door("within limits")
@given(messages())
@settings(max_examples=60)
def test_nothing_is_over_a_limit(key: str, message: OutboundMessage) -> None:
    door = pure(key)
    for part in door.render(message):
        within_limits(part, door.capabilities)


@every_door("nothing lost")
@given(messages())
@settings(max_examples=60)
def test_every_word_choice_and_file_gets_there(key: str, message: OutboundMessage) -> None:
    door = pure(key)
    parts = door.render(message)
    said = _solid("".join(part.text for part in parts))
    shown = {button.tap: button.title for part in parts for button in part.buttons}
    text = without_marks(message.text) if message.marks else message.text
    assert all(_solid(line) in said for line in text.splitlines())
    for number, button in enumerate(message.buttons, 1):
        title = button.title.replace("\x00", "\ufffd")
        assert shown.get(button.tap) == title or _solid(f"{number}. {title}") in said
    for item in message.media:
        assert _solid(item.caption) in said
        assert item.ref in said or any(item.ref == sent.ref for part in parts for sent in part.media)


@every_door("ten thousand")
@given(LONG)
@settings(max_examples=8)
def test_ten_thousand_characters_are_cut_between_graphemes_and_all_said(key: str, text: str) -> None:
    door = pure(key)
    parts = door.render(OutboundMessage(text))
    for part in parts:
        within_limits(part, door.capabilities)
    kept = [item for part in parts for item in graphemes(part.text) if item.strip()]
    assert kept == [item for item in graphemes(text) if item.strip()]


@every_door("surrogates")
@given(st.lists(st.sampled_from(["\ud83d", "\udc00", "\x00", "a", "😀"]), min_size=1).map("".join))
@settings(max_examples=30)
def test_what_cannot_be_sent_is_shown_as_such(key: str, text: str) -> None:
    """Platforms refuse a whole message for one lone surrogate."""
    for part in pure(key).render(OutboundMessage(text, (Button(text, "m1.1"),))):
        part.text.encode()
        assert "\x00" not in part.text
        for button in part.buttons:
            button.title.encode()


@every_door("sentences")
def test_a_long_answer_is_cut_after_sentences(key: str) -> None:
    sentence = "This sentence says something about your order. "
    parts = pure(key).render(OutboundMessage(sentence * 300))
    assert len(parts) > 1
    assert all(part.text.rstrip().endswith(".") for part in parts)
    assert "".join(part.text for part in parts).rstrip() == (sentence * 300).rstrip()


@every_door("marks")
def test_marks_are_shown_or_left_out_and_never_said(key: str) -> None:
    door = pure(key)
    (part,) = door.render(OutboundMessage("Order **1042**: [track it](https://shop.example/t).", marks=True))
    assert "**" not in part.text
    assert "](" not in part.text
    if door.capabilities.marks is Marks.SPANS:
        assert part.text == "Order 1042: track it."
        assert [(span.start, span.end, span.link) for span in part.spans] == [
            (6, 10, ""),
            (12, 20, "https://shop.example/t"),
        ]
    else:
        assert "track it: https://shop.example/t" in part.text


@every_door("no marks")
@pytest.mark.parametrize("text", ["**2** * 3 [a](https://x.example) \\*", "_under_ ~tilde~ `tick` <b>&amp;"])
def test_what_a_person_types_arrives_as_it_was_typed(key: str, text: str) -> None:
    (part,) = pure(key).render(OutboundMessage(text))
    assert (part.text, part.spans) == (text, ())


def within_limits(part: Part, limits: Capabilities) -> None:
    """Counted here anew, as each platform counts."""

    def length(text: str) -> int:
        return len(text.encode("utf-16-le")) // 2 if limits.text_unit is TextUnit.UTF16 else len(text)

    assert part.text.strip() or part.media
    text_max = limits.text_max
    if part.media:
        assert limits.files is not None
        assert len(part.media) == 1
        text_max = limits.files.caption_max
    if part.buttons:
        text_max = limits.choices_text_max or limits.text_max
        as_list = len(part.buttons) > limits.buttons_max
        assert len(part.buttons) <= (limits.list_max if as_list else limits.buttons_max)
        title_max = limits.list_title_max if as_list else limits.button_title_max
        assert all(0 < length(button.title) <= title_max for button in part.buttons)
        assert all(0 < len(button.tap.encode()) <= limits.tap_id_max_bytes for button in part.buttons)
    assert length(part.text) <= text_max
    assert all(0 <= span.start < span.end <= len(part.text.encode("utf-16-le")) // 2 for span in part.spans)


def _solid(text: str) -> str:
    return "".join(text.split())
