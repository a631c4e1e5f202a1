from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors._shared.graphemes import Measure, graphemes, head_of, sendable, utf16_units

FAMILY = "👨‍👩‍👧‍👦"
PIECES = st.sampled_from(
    [FAMILY, "🇷🇴", "e\u0301", "a", "б", "שלום", "漢字", "ก็", " ", "\n", "\n\n", ". ", "👍🏽", "word ", "\r\n"]
)
TEXTS = st.lists(PIECES, max_size=200).map("".join)


def split_text(text: str, limit: int, measure: Measure) -> list[str]:
    pieces: list[str] = []
    while text:
        pieces.append(head_of(text, limit, measure))
        text = text[len(pieces[-1]) :]
    return pieces


@given(TEXTS, st.integers(min_value=20, max_value=200))
def test_pieces_are_within_the_limit_and_together_the_text(text: str, limit: int) -> None:
    pieces = split_text(text, limit, utf16_units)
    assert "".join(pieces) == text
    assert all(0 < utf16_units(piece) <= limit for piece in pieces)


@given(TEXTS, st.integers(min_value=20, max_value=200))
def test_no_grapheme_is_cut(text: str, limit: int) -> None:
    pieces = split_text(text, limit, utf16_units)
    assert [part for piece in pieces for part in graphemes(piece)] == graphemes(text)


@given(st.text(alphabet="ab .\n", max_size=400))
def test_words_are_whole_where_they_fit(text: str) -> None:
    for piece, following in zip(*(pieces := split_text(text, 60, len), pieces[1:]), strict=False):
        if not any(character.isspace() for character in piece[len(piece) // 2 :]):
            continue
        assert piece[-1].isspace() or following[0].isspace()


def test_a_paragraph_is_the_best_place_to_cut() -> None:
    assert split_text("one two. three\n\nfour five six seven", 24, len) == [
        "one two. three\n\n",
        "four five six seven",
    ]


def test_a_grapheme_longer_than_a_message_is_cut_after_all() -> None:
    monster = "o" + "\u0301" * 10_000
    pieces = split_text(monster, 1600, utf16_units)
    assert "".join(pieces) == monster
    assert max(map(utf16_units, pieces)) <= 1600


def test_an_emoji_counts_as_two_units() -> None:
    assert (utf16_units("a😀"), utf16_units(FAMILY)) == (3, 11)


def test_what_no_platform_carries_is_shown_as_such() -> None:
    assert sendable("a\x00b\ud83d") == "a\ufffdb\ufffd"
