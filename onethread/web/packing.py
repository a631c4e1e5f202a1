"""Answers with a body that rarely changes: compressed once, and only sent when the browser has it not."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sanic import HTTPResponse, Request
from sanic.response import raw

_WORTH = ("text/", "application/json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Packed:
    """A body in both forms, and the name of its content."""

    content: bytes
    zipped: bytes | None
    content_type: str
    tag: str

    @classmethod
    def of(cls, content: bytes, content_type: str) -> Self:
        """Compressed where that makes it smaller."""
        zipped = gzip.compress(content, 9, mtime=0) if content_type.startswith(_WORTH) else None
        if zipped is not None and len(zipped) >= len(content):
            zipped = None
        return cls(content, zipped, content_type, hashlib.sha256(content).hexdigest()[:20])

    def answer(self, request: Request, headers: Mapping[str, str]) -> HTTPResponse:
        """200 in the form this browser reads, or 304."""
        zipped = self.zipped if _takes_gzip(request.headers.get("accept-encoding", "")) else None
        # Each form has a tag of its own: caches on the way keep both.
        tag = f'"{self.tag}{"-gz" if zipped else ""}"'
        told = {**headers, "etag": tag, "vary": "accept-encoding"}
        if tag in (
            known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")
        ):
            return HTTPResponse(status=304, headers=told)
        if zipped is not None:
            told["content-encoding"] = "gzip"
        return raw(self.content if zipped is None else zipped, content_type=self.content_type, headers=told)


def _takes_gzip(accepted: str) -> bool:
    for item in accepted.lower().split(","):
        name, _, weight = item.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
