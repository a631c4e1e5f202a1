"""What a file is, from its bytes alone."""

from __future__ import annotations

import pytest

from onethread.media.kinds import HEAD_BYTES, named, player, served_as, shown_inline, sniff
from tests.media.files import DOCX, EXE, HTML, JPEG, MP4, OGG, PDF, PNG, SVG, VCARD, packed

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF89a" + bytes(20), "image/gif"),
        (OGG, "audio/ogg"),
        (b"#!AMR\n" + bytes(20), "audio/amr"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt " + bytes(20), "audio/wav"),
        (MP4, "video/mp4"),
        (PDF, "application/pdf"),
        (DOCX, _WORD),
        (VCARD, "text/vcard"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"order;sum\n1042;12.50\n", "text/plain"),
        ("\ufeffBună ziua".encode(), "text/plain"),
        (HTML, "text/html"),
        (b"hello <SCRIPT src=x>", "text/html"),
        (SVG, "image/svg+xml"),
        (b"<x:svg xmlns:x='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (EXE, ""),
        (b"\x7fELF" + bytes(40), ""),
        (packed("a.txt"), ""),
        (b"\x1f\x8b\x08" + bytes(40), ""),
        (bytes(range(7, 250)), ""),
        (b"caf\xe9 in an old encoding", ""),
        (b"   \n", ""),
        (b"", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_bytes_say_what_it_is(body: bytes, content_type: str) -> None:
    assert sniff(body) == content_type


def test_a_character_cut_by_the_end_of_the_head_is_no_fault() -> None:
    assert sniff(("я" * HEAD_BYTES).encode()[1 - 1 : HEAD_BYTES - 1] + b"\xd1") == "text/plain"


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/pdf", "text/plain", ""])
def test_what_could_act_or_is_no_picture_sound_or_film_is_never_shown(content_type: str) -> None:
    assert not shown_inline(content_type)
    assert player(content_type) == "file"


def test_pages_and_drawings_are_handed_out_as_bytes_of_no_kind() -> None:
    assert served_as("text/html") == served_as("image/svg+xml") == served_as("") == "application/octet-stream"
    assert served_as("image/png") == "image/png"


def test_files_have_names_people_use() -> None:
    kinds = ("image/png", "audio/ogg", "video/mp4", "application/pdf", _WORD, "text/vcard", "", "x/y")
    assert [named(kind) for kind in kinds] == [
        *("Picture", "Sound", "Video", "PDF", "Document", "Contact card", "File", "File")
    ]
