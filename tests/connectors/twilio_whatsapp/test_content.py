from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from connectors._shared.graphemes import sendable, utf16_units
from connectors.contract import Button, Part
from connectors.twilio_whatsapp.content import template_of, variables, variables_of


def choices(text: str, *titles: str, seq: int = 1) -> Part:
    return Part(text, tuple(Button(title, f"m{seq}.{n}") for n, title in enumerate(titles, 1)))


def test_the_same_labels_share_a_template_whatever_is_said_above_them() -> None:
    first = template_of(choices("Is it this one?", "Yes", "No"))
    assert first == template_of(choices("And this?", "Yes", "No", seq=2))
    others = [
        choices("?", "No", "Yes"),
        choices("?", "Yes", "No", "Maybe"),
        choices("a b " * 100, "Yes", "No"),
    ]
    assert len({json.dumps(template_of(part)) for part in [choices("?", "Yes", "No"), *others]}) == 4


def test_up_to_three_are_buttons_and_more_are_a_list() -> None:
    assert "twilio/quick-reply" in str(template_of(choices("?", "A", "B", "C"))["types"])
    made = template_of(choices("?", "A", "B", "C", "D"))
    assert made["types"] == {
        "twilio/list-picker": {
            "body": "{{1}}",
            "button": "1-4",
            "items": [{"item": title, "id": f"{{{{{n}}}}}"} for n, title in enumerate("ABCD", 2)],
        }
    }


def test_the_ids_come_after_the_text() -> None:
    assert json.loads(variables_of(choices("Which?", "A", "B"))) == {"1": "Which?", "2": "m1.1", "3": "m1.2"}


def test_an_apostrophe_is_written_so_that_nobody_takes_it_for_a_quote() -> None:
    written = variables(["it's"])
    assert "'" not in written
    assert json.loads(written) == {"1": "it's"}


@given(st.text(min_size=1, max_size=1024).map(sendable) | st.just("e" + "\u0301" * 600))
def test_a_long_text_fills_variables_without_loss(text: str) -> None:
    filled = json.loads(variables_of(choices(text, "A")))
    pieces = list(filled.values())[:-1]
    assert "".join(pieces) == text
    assert all(0 < utf16_units(piece) <= 255 for piece in pieces)
    made = str(template_of(choices(text, "A")))
    assert all(f"{{{{{name}}}}}" in made for name in filled)


def test_no_cut_lies_beside_white_space() -> None:
    pieces = list(json.loads(variables_of(choices("some words " * 60, "A"))).values())[:-2]
    assert len(pieces) > 1
    assert all(piece == piece.strip() for piece in pieces[1:])
