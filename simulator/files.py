"""The files a platform holds: what customers sent, and what the house uploaded."""

from __future__ import annotations

import base64
import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from .http import Request, Response

FILE_MAX_BYTES = 5_000_000
_KINDS = ("image", "audio", "video")
# A real picture, so that what fetches and shows it can be tried with nothing at hand.
_DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file."""

    id: str
    content: bytes
    content_type: str
    name: str = ""

    @property
    def kind(self) -> str:
        """image, audio, video or document."""
        kind = self.content_type.partition("/")[0]
        return kind if kind in _KINDS else "document"


@dataclass(slots=True)
class Shelf:
    """Files by id; ids are digits, as every platform takes them."""

    _files: dict[str, StoredFile] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(secrets.randbelow(10**9) + 10**9))

    def put(self, content: bytes, content_type: str, name: str = "") -> StoredFile:
        """Keep a file."""
        file = StoredFile(str(next(self._ids)), content, content_type.partition(";")[0].strip(), name)
        self._files[file.id] = file
        return file

    def get(self, file_id: str) -> StoredFile | None:
        """The file, when there is one."""
        return self._files.get(file_id)

    def take(self, file_id: str) -> StoredFile:
        """The file for an act; without an id a small picture. Raises ValueError."""
        if not file_id:
            return self.put(_DOT, "image/png", "dot.png")
        if found := self._files.get(file_id):
            return found
        raise ValueError(f"no file {file_id!r}: POST it to /control/files first")

    def upload(self, request: Request) -> StoredFile:
        """Keep the body of a request; raises ValueError when there is none, or too much."""
        if not 0 < len(request.body) <= FILE_MAX_BYTES:
            raise ValueError(f"a file has 1 to {FILE_MAX_BYTES} bytes")
        kind = request.headers.get("content-type", "application/octet-stream")
        return self.put(request.body, kind, request.query.get("name", ""))

    def answer(self, file_id: str) -> Response:
        """The file as an HTTP answer that no browser takes for a page."""
        file = self._files.get(file_id)
        if file is None:
            return Response(404, b"no such file")
        headers = {
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
            "cache-control": "no-store",
        }
        return Response(body=file.content, content_type=file.content_type, headers=headers)
