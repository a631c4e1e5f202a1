"""What a file is, found in its bytes: pure. What its sender or its name says is not believed."""

from __future__ import annotations

import re

import filetype

HEAD_BYTES = 8_192
"""How much of a file's beginning is looked at."""

_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_PLAYED = frozenset(
    {
        *("audio/mpeg", "audio/mp4", "audio/ogg", "audio/aac", "audio/wav", "audio/flac", "audio/webm"),
        *("video/mp4", "video/webm", "video/quicktime", "video/x-m4v"),
    }
)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_KEPT = (
    _IMAGES
    | _PLAYED
    | {
        *("image/heic", "image/avif", "image/tiff", "image/bmp", "image/jpx"),
        *("audio/amr", "audio/x-aiff", "audio/midi"),
        *("video/x-matroska", "video/mpeg", "video/x-msvideo", "video/3gpp"),
        *("application/pdf", "application/rtf"),
        *("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
        *(f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.spreadsheetml.sheet"),
        f"{_OFFICE}.presentationml.presentation",
        *(f"{_OPEN}.text", f"{_OPEN}.spreadsheet", f"{_OPEN}.presentation"),
        *("text/plain", "text/vcard", "text/calendar", "text/html", "image/svg+xml"),
    }
)
_ACTIVE = frozenset({"text/html", "image/svg+xml"})
"""May hold scripts: handed out as bytes of no kind, to be saved."""
_SAME = {"audio/x-wav": "audio/wav", "audio/x-flac": "audio/flac", "image/heif": "image/heic"}
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|object|embed|meta|link|form)\b", re.I)
_SVG = re.compile(rb"<(?:\w+:)?svg\b", re.I)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(head: bytes) -> str:
    """The media type of a file that begins like this; "" when it is none that we keep."""
    found = filetype.guess_mime(head)
    if found is None:
        return _text(head)
    found = _SAME.get(found, found)
    return found if found in _KEPT else ""


def shown_inline(content_type: str) -> bool:
    """Whether a browser may show or play it inside a page; anything else is only ever saved."""
    return content_type in _IMAGES or content_type in _PLAYED


def player(content_type: str) -> str:
    """How a page shows it: image, audio, video, or file."""
    if content_type in _IMAGES:
        return "image"
    return content_type.partition("/")[0] if content_type in _PLAYED else "file"


def served_as(content_type: str) -> str:
    """The type a browser is told."""
    return "application/octet-stream" if content_type in _ACTIVE or not content_type else content_type


def named(content_type: str) -> str:
    """What people call such a file."""
    if content_type.startswith((_OFFICE, _OPEN)):
        return {"sheet": "Spreadsheet", "spreadsheet": "Spreadsheet", "presentation": "Presentation"}.get(
            content_type.rpartition(".")[2], "Document"
        )
    exact = {
        "application/pdf": "PDF",
        "application/rtf": "Document",
        "application/msword": "Document",
        "application/vnd.ms-excel": "Spreadsheet",
        "application/vnd.ms-powerpoint": "Presentation",
        "text/vcard": "Contact card",
        "text/calendar": "Calendar entry",
        "text/html": "Web page",
        "image/svg+xml": "Drawing",
    }
    general = {"image": "Picture", "audio": "Sound", "video": "Video", "text": "Text"}
    return exact.get(content_type) or general.get(content_type.partition("/")[0], "File")


def _text(head: bytes) -> str:
    """Text is what has no bytes that no text has; markup in it makes it a page or a drawing."""
    body = head.removeprefix(b"\xef\xbb\xbf")
    if not body.strip() or _CONTROL.search(body) or not _is_utf8(body):
        return ""
    if _SVG.search(body):
        return "image/svg+xml"
    if _HTML.search(body):
        return "text/html"
    start = body.lstrip()[:20].upper()
    if start.startswith(b"BEGIN:VCARD"):
        return "text/vcard"
    return "text/calendar" if start.startswith(b"BEGIN:VCALENDAR") else "text/plain"


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        # The last character may have been cut by the end of the head.
        return len(body) >= HEAD_BYTES - 3 and error.start >= len(body) - 3
    return True
