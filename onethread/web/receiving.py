"""A file that comes in as the body of a request: read piece by piece, its name in a header."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

from sanic import Request

_SLACK = 1_024
_NAME_MAX = 255


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file on its way. `length` in bytes, where it was told."""

    body: AsyncIterator[bytes]
    name: str
    length: int | None


def incoming(request: Request, max_bytes: int) -> Incoming:
    """The file of a request to a route that streams; its name is `X-File-Name`, percent-encoded.

    The framework's own limit is for forms: this one is a little above `max_bytes`, which the reader counts.
    """
    stream = cast(Any, request.stream)
    stream.request_max_size = max_bytes + _SLACK
    return Incoming(
        _pieces(stream),
        unquote(request.headers.get("x-file-name", ""))[:_NAME_MAX],
        int(stream.request_bytes_left or 0) or None,
    )


async def _pieces(stream: Any) -> AsyncIterator[bytes]:
    while (piece := await stream.read()) is not None:
        yield piece
