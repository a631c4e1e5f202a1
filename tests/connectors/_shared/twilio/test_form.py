"""A form is read byte for byte as the standard library reads it."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import example, given
from hypothesis import strategies as st

from connectors._shared.twilio.form import form_pairs, read_form

_PIECES = st.sampled_from(
    [b"a", b"B", b"=", b"&", b"+", b"%", b"%2B", b"%C3%A9", b"%zz", b"\xe9", b"\x00", b";"]
)


@given(st.lists(_PIECES, max_size=14).map(b"".join))
@example(b"Body=a%20b+c&Body=&=x&&To=%2B1555")
def test_the_pairs_are_those_of_the_standard_library(body: bytes) -> None:
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    assert form_pairs(body) == [(key.encode("latin-1"), value.encode("latin-1")) for key, value in pairs]


def test_text_is_utf_8_and_holds_nothing_postgres_refuses() -> None:
    fields = read_form(b"Body=caf%C3%A9+%00&Body=second&From=%2B1555&Bad=%ff&Empty=")
    assert fields == {"Body": "caf\u00e9 \ufffd", "From": "+1555", "Bad": "\ufffd", "Empty": ""}
