"""File names that strangers gave: made safe to keep and to say in a header. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote

_NAME_MAX = 120
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_TYPES = {
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "video/quicktime": "mov",
    "text/plain": "txt",
    "text/vcard": "vcf",
    "text/calendar": "ics",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
_OFFICE = {"document": "docx", "sheet": "xlsx", "presentation": "pptx"}


def clean_name(name: str) -> str:
    """The last part of a path, without what file systems, headers and eyes trip over."""
    last = name.replace("\\", "/").rpartition("/")[2]
    cleaned = _UNSAFE.sub("", last).strip(" .")
    if len(cleaned) <= _NAME_MAX:
        return cleaned
    stem, dot, ending = cleaned.rpartition(".")
    if not dot or len(ending) > 10:
        return cleaned[:_NAME_MAX]
    return f"{stem[: _NAME_MAX - len(ending) - 1]}.{ending}"


def name_of(name: str, content_type: str) -> str:
    """The name a file is saved under: its own, else one made of its type."""
    return name or f"file.{ending_of(content_type)}"


def ending_of(content_type: str) -> str:
    """The usual ending of such a file."""
    if content_type.startswith("application/vnd.openxmlformats-officedocument."):
        return _OFFICE.get(content_type.rpartition(".")[2], "bin")
    if content_type in _TYPES:
        return _TYPES[content_type]
    ending = content_type.rpartition("/")[2].removeprefix("x-")
    return ending if re.fullmatch(r"[a-z0-9]{2,5}", ending) else "bin"


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition header for a name in any script."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
