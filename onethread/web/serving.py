"""Hands out a stored file: shown where that is safe, saved otherwise, and never a page of ours."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

from sanic import HTTPResponse, Request
from sanic.exceptions import NotFound, SanicException
from sanic.response import empty

from onethread.media.kinds import served_as, shown_inline
from onethread.media.library import Library
from onethread.media.names import disposition, name_of
from onethread.media.store import Missing, StoreAway
from onethread.storage.media import File

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
# A picture or a film opened by itself may show itself, and nothing else may happen.
_SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


async def serve_file(
    request: Request, library: Library, file: File | None, *, cache: str, cross_origin: bool = False
) -> HTTPResponse | None:
    """Answer with this file, or the part of it that was asked for. A `?save` in the address has it saved.

    Raises:
        NotFound: there is no such file, or its bytes are not there (any more).
    """
    if file is None or file.status != "stored" or not file.size:
        raise NotFound("no such file")
    inline = shown_inline(file.content_type) and "save" not in request.args
    headers = {
        "content-disposition": disposition(name_of(file.file_name, file.content_type), inline=inline),
        "content-security-policy": _SANDBOX,
        "cross-origin-resource-policy": "cross-origin" if cross_origin else "same-origin",
        "x-content-type-options": "nosniff",
        "cache-control": cache,
        "vary": "authorization, cookie",
        "accept-ranges": "bytes",
    }
    asked = _asked(request.headers.get("range", ""), file.size)
    if asked is None:
        return empty(status=416, headers={"content-range": f"bytes */{file.size}"})
    start, end = asked
    whole = (start, end) == (0, file.size)
    headers["content-length"] = str(end - start)
    if not whole:
        headers["content-range"] = f"bytes {start}-{end - 1}/{file.size}"
    status = 200 if whole else 206
    if request.method == "HEAD":
        return HTTPResponse(status=status, headers=headers, content_type=served_as(file.content_type))
    async with aclosing(library.read(file.id, start, end)) as chunks:
        first = await _first(chunks)
        answer = cast(
            Any,
            await request.respond(status=status, headers=headers, content_type=served_as(file.content_type)),
        )
        await answer.send(first)
        async for chunk in chunks:
            await answer.send(chunk)
    await answer.eof()
    return None


async def _first(chunks: AsyncIterator[bytes]) -> bytes:
    """The first bytes, before anything is promised."""
    try:
        return await anext(chunks, b"")
    except Missing:
        raise NotFound("no such file") from None
    except StoreAway as error:
        raise SanicException("try again later", status_code=503, quiet=True) from error


def _asked(header: str, size: int) -> tuple[int, int] | None:
    """Start and end of what is asked for; None when it lies outside. Other forms of ranges get all."""
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        return 0, size
    start, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
    return (start, end) if start < end else None
