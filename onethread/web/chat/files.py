"""Files of a session: uploads before the message that names them, and what may be looked at again."""

from __future__ import annotations

from uuid import UUID

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json
from sqlalchemy.exc import SQLAlchemyError

from onethread.media.faults import Refused, Why
from onethread.media.store import StoreAway
from onethread.media.uploads import store_upload
from onethread.storage import media, webchat
from onethread.web.receiving import incoming
from onethread.web.serving import serve_file

from .guard import Door, TooManyRequests
from .room import Room

log = structlog.get_logger()
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
        given = incoming(request, house.library.max_bytes)
        try:
            kept = await store_upload(
                house.library,
                house.engines.web,
                given.body,
                connector=room.connector.key,
                account=account,
                address_key=address_key,
                file_name=given.name,
                length=given.length,
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
        # The same for what never was and for what is somebody else's.
        return await serve_file(request, house.library, file, cache="private, max-age=3600")

    routes.add_route(upload, "/files", methods=("POST",), stream=True)
    routes.add_route(show, "/files/<media_id:uuid>", methods=("GET",))
