"""Names that strangers gave to files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.media.names import clean_name, disposition, ending_of, name_of


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\bill.pdf", "bill.pdf"),
        ("factură nouă.pdf", "factură nouă.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a"b\r\nc.txt', "abc.txt"),
        (" .. ", ""),
        ("x" * 300 + ".docx", "x" * 115 + ".docx"),
    ],
)
def test_a_name_keeps_what_people_read_and_loses_what_machines_trip_over(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text())
def test_a_header_can_always_say_the_name(name: str) -> None:
    cleaned = clean_name(name.encode("utf-8", "replace").decode())
    header = disposition(cleaned, inline=False)
    header.encode("latin-1")
    assert header.startswith("attachment; ")
    assert len(cleaned) <= 120
    assert not set("\r\n\x00/\\") & set(cleaned + header)


def test_a_file_without_a_name_gets_one_of_its_kind() -> None:
    assert name_of("", "image/jpeg") == "file.jpg"
    assert name_of("a.png", "image/jpeg") == "a.png"
    assert [
        ending_of(kind) for kind in ("audio/ogg", "text/vcard", "video/x-m4v", "", "a/very-long-one")
    ] == [*("ogg", "vcf", "m4v", "bin", "bin")]
