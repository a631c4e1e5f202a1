from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._shared.segments import Encoding, count_segments

# An independent count: GSM 03.38 as a codec, and segments filled one character after the other, from the end
# of the previous one, by plain arithmetic over octets.
_GSM_BASIC = (
    bytes(range(0x20, 0x24)) + bytes(range(0x25, 0x40)) + bytes(range(0x41, 0x5B)) + bytes(range(0x61, 0x7B))
)
_GSM_REST = "$@£¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà"
_TWO = "^{}\\[~]|€\f"
_ONE = _GSM_BASIC.decode() + _GSM_REST


def reference(text: str) -> tuple[str, int]:
    if not text:
        return "GSM-7", 0
    gsm = all(character in _ONE or character in _TWO for character in text)
    sizes = (
        [14 if character in _TWO else 7 for character in text]
        if gsm
        else [len(character.encode("utf-16-le")) * 8 for character in text]
    )
    if sum(sizes) <= 140 * 8:
        return ("GSM-7" if gsm else "UCS-2"), 1
    room = 134 * 8 - (134 * 8) % (7 if gsm else 16)
    free, count = 0, 0
    for size in sizes:
        if size > free:
            free, count = room, count + 1
        free -= size
    return ("GSM-7" if gsm else "UCS-2"), count


def test_the_alphabet_has_128_characters_with_its_escape() -> None:
    assert len(set(_ONE)) == 127


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", Encoding.GSM7, 0, 0),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("€" * 80, Encoding.GSM7, 160, 1),
        ("€" * 81, Encoding.GSM7, 162, 2),
        ("a" * 152 + "€" + "a" * 10, Encoding.GSM7, 164, 2),
        ("“" * 70, Encoding.UCS2, 70, 1),
        ("“" * 71, Encoding.UCS2, 71, 2),
        ("😀" * 35, Encoding.UCS2, 70, 1),
        ("😀" * 36, Encoding.UCS2, 72, 2),
        ("😀" * 67, Encoding.UCS2, 134, 3),
        ("ç", Encoding.UCS2, 1, 1),
    ],
)
def test_a_text_costs_what_a_carrier_bills(text: str, encoding: Encoding, units: int, count: int) -> None:
    cost = count_segments(text)
    assert (cost.encoding, cost.units, cost.count) == (encoding, units, count)


def test_the_count_is_that_of_twilios_own_calculator() -> None:
    """Its npm package sms-segments-calculator 1.3.0 counted them, 2026-11, without Smart Encoding.

    No joined emoji are among them: it keeps those in one segment, the standard cuts between code points.
    """
    counted = json.loads(Path(__file__).with_name("segments_reference.json").read_text("utf-8"))
    assert len(counted) > 100
    for text, encoding, count in counted:
        cost = count_segments(text)
        assert (cost.encoding.value, cost.count) == (encoding, count), text


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from(_ONE + _TWO), st.characters(exclude_categories=["Cs"])),
        max_size=700,
    )
)
def test_the_count_is_the_references(text: str) -> None:
    cost = count_segments(text)
    assert (cost.encoding.value, cost.count) == reference(text)


@given(st.text(alphabet=_ONE + _TWO, max_size=700))
def test_the_count_is_the_references_within_the_alphabet(text: str) -> None:
    cost = count_segments(text)
    assert (cost.encoding.value, cost.count) == reference(text)
