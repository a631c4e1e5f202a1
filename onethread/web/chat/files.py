"""Files of a session: uploads before the message that names them, and what may be looked at again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import quote, unquote
from uuid import UUID

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import Forbidden, NotFound, SanicException
from sanic.response import json
from sqlalchemy.exc import SQLAlchemyError

from onethread.media.faults import Refused, Why
from onethread.media.kinds import served_as
from onethread.media.store import Missing, StoreAway
from onethread.media.uploads import store_upload
from onethread.storage import media, webchat

from .guard import Door, TooManyRequests
from .socket import Room

log = structlog.get_logger()
_SLACK = 1024
_STATUS = {Why.TOO_LARGE: 413, Why.KIND: 415, Why.EMPTY: 415}


def add_files(routes: Blueprint, room: Room, door: Door) -> None:
    """`POST /chat/files` takes one file as the body; `GET /chat/files/<id>` gives one back."""
    house, account = room.house, room.connector.account

    async def upload(request: Request) -> HTTPResponse:
        door.check_origin(request)
        address_key = await door.session_of(request, room.sessions)
        door.check_rate(request, door.peer_uploads)
        door.check_window(door.uploads, address_key)
        peer = door.peer(request)
        if not door.uploading.enter(peer):
            raise TooManyRequests("too many uploads at once")
        try:
            return await take(request, address_key)
        finally:
            door.uploading.leave(peer)

    async def take(request: Request, address_key: str) -> HTTPResponse:
        # The framework's own limit is for forms; ours is counted while the file comes in.
        stream = cast(Any, request.stream)
        stream.request_max_size = house.library.max_bytes + _SLACK
        try:
            kept = await store_upload(
                house.library,
                house.engines.web,
                _body(request),
                connector=room.connector.key,
                account=account,
                address_key=address_key,
                file_name=unquote(request.headers.get("x-file-name", ""))[:255],
                length=int(stream.request_bytes_left or 0) or None,
            )
        except Refused as refused:
            return json({"reason": refused.code.value}, status=_STATUS.get(refused.code, 415))
        except (StoreAway, SQLAlchemyError, OSError) as error:
            log.error("web.chat.upload_failed", error=type(error).__name__)
            return json({"reason": "unavailable"}, status=503)
        told = {"id": str(kept.id), "name": kept.file_name, "type": kept.content_type, "size": kept.size}
        return json(told, status=201)

    async def show(request: Request, media_id: UUID) -> HTTPResponse | None:
        address_key = await door.session_of(request, room.sessions)
        async with house.engines.web.connect() as conn:
            mine = await webchat.may_read(conn, account=account, address_key=address_key, media_id=media_id)
            file = await media.read_file(conn, media_id) if mine else None
        if file is None or file.status != "stored" or not file.size:
            # The same for what never was and for what is somebody else's.
            raise NotFound("no such file")
        chunks = house.library.read(media_id, 0, file.size)
        try:
            first = await anext(chunks, b"")
        except Missing:
            raise NotFound("no such file") from None
        except StoreAway as error:
            raise SanicException("try again later", status_code=503, quiet=True) from error
        answer = await request.respond(
            content_type=served_as(file.content_type),
            headers={
                "content-length": str(file.size),
                "content-disposition": f"attachment; filename*=UTF-8''{quote(file.file_name or 'file')}",
                "content-security-policy": "default-src 'none'; sandbox",
                "cross-origin-resource-policy": "same-origin",
                "cache-control": "private, max-age=3600",
                "vary": "authorization, cookie",
            },
        )
        if answer is None:
            raise Forbidden("no answer possible")
        await answer.send(first)
        async for chunk in chunks:
            await answer.send(chunk)
        await answer.eof()
        return None

    routes.add_route(upload, "/files", methods=("POST",), stream=True)
    routes.add_route(show, "/files/<media_id:uuid>", methods=("GET",))


async def _body(request: Request) -> AsyncIterator[bytes]:
    while (chunk := await request.stream.read()) is not None:  # type: ignore[union-attr]
        yield chunk
