from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Span
from connectors.contract.marks import literal, read_marks, without_marks

TEXTS = st.text(alphabet=st.sampled_from("ab *[]()\\\n:/.é😀") | st.characters(exclude_categories=["Cs"]))
SHOP = "https://shop.example/returns?a=1&b=2"


@pytest.mark.parametrize(
    ("marked", "shown", "bold"),
    [
        ("Your order **1042** is here.", "Your order 1042 is here.", ["1042"]),
        ("**Two words** and **more**", "Two words and more", ["Two words", "more"]),
        (r"**5\* hotel**", "5* hotel", ["5* hotel"]),
        ("2 ** 3 ** 4", "2 ** 3 ** 4", []),
        ("**never closed", "**never closed", []),
        ("**over\nlines**", "**over\nlines**", []),
        (r"\**not bold*\*", "**not bold**", []),
        ("*one* and _two_ and order_number_7", "*one* and _two_ and order_number_7", []),
        ("****", "****", []),
        (r"C:\shop \\ \x", r"C:\shop \ \x", []),
    ],
)
def test_what_stands_in_two_asterisks_is_bold(marked: str, shown: str, bold: list[str]) -> None:
    text, spans = read_marks(marked, links=True)
    assert text == shown
    assert [text[span.start : span.end] for span in spans] == bold


def test_a_link_has_a_label() -> None:
    text, spans = read_marks(f"See [our returns page]({SHOP}) first.", links=True)
    assert (text, spans) == ("See our returns page first.", (Span(4, 20, SHOP),))


def test_a_link_is_spelled_out_where_there_are_none() -> None:
    assert without_marks(f"See [our page]({SHOP}).") == f"See our page: {SHOP}."
    assert without_marks(f"See [{SHOP}]({SHOP}).") == f"See {SHOP}."


def test_a_bold_link_is_both() -> None:
    text, spans = read_marks(f"Go **[here]({SHOP})**", links=True)
    assert (text, spans) == ("Go here", (Span(3, 7), Span(3, 7, SHOP)))


@pytest.mark.parametrize(
    "text",
    [
        "[a](http://shop.example)",
        "[a](javascript:alert(1))",
        "[a] (https://shop.example)",
        "[](https://a.example)",
    ],
)
def test_what_is_no_safe_link_is_text(text: str) -> None:
    assert read_marks(text, links=True) == (text, ())


@given(TEXTS)
def test_a_value_is_never_read_as_a_mark(value: str) -> None:
    assert read_marks(literal(value), links=True) == (value, ())


@given(TEXTS, TEXTS)
def test_a_value_cannot_leave_the_mark_it_stands_in(value: str, after: str) -> None:
    value = "".join(value.split()) or "x"
    marked = f"**{literal(value)}** [{literal(value)}]({SHOP}) {literal(after)}"
    text, spans = read_marks(marked, links=True)
    assert text == f"{value} {value} {after}"
    assert spans == (Span(0, len(value)), Span(len(value) + 1, 2 * len(value) + 1, SHOP))


@given(TEXTS)
def test_every_span_lies_within_the_text(text: str) -> None:
    shown, spans = read_marks(text, links=True)
    assert all(0 <= span.start < span.end <= len(shown) for span in spans)
