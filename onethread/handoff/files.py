"""`/desk/media` and `/desk/files`: files in a thread, looked at and attached."""

from __future__ import annotations

import time
from uuid import UUID

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import Forbidden, NotFound
from sanic.response import json
from sqlalchemy.exc import SQLAlchemyError

from onethread.media.faults import Refused, Why
from onethread.media.kinds import named
from onethread.media.store import StoreAway
from onethread.media.uploads import store_attachment
from onethread.storage import agents
from onethread.storage.agents import Session
from onethread.storage.media import File, read_file
from onethread.web.limits import Windows
from onethread.web.receiving import incoming
from onethread.web.serving import serve_file

from .ports import DeskHouse
from .roles import Right, may
from .sizes import said_size

log = structlog.get_logger()
_LOOK_AGAIN_S = 600.0
_ATTACHED_PER_MINUTE = 30
_STATUS = {Why.TOO_LARGE: 413}


def add_routes(routes: Blueprint, house: DeskHouse) -> None:
    """Files of the desk."""
    looks = Windows(1, _LOOK_AGAIN_S)
    attached = Windows(_ATTACHED_PER_MINUTE, 60.0)

    async def show(request: Request, media_id: UUID) -> HTTPResponse | None:
        session: Session = request.ctx.session
        async with house.engines.web.begin() as conn:
            file = await read_file(conn, media_id)
            if file is None or not _may_see(session, file):
                raise NotFound("no such file")
            if looks.take(f"{session.agent.id} {media_id}", time.monotonic()):
                await agents.record(
                    conn,
                    "media.read",
                    agent_id=session.agent.id,
                    customer_id=file.customer_id,
                    media_id=str(media_id),
                )
        return await serve_file(request, house.library, file, cache="private, max-age=3600")

    async def attach(request: Request) -> HTTPResponse:
        session: Session = request.ctx.session
        if not may(session.agent.role, Right.ANSWER):
            raise Forbidden("a viewer may not answer", quiet=True)
        if not attached.take(str(session.agent.id), time.monotonic()):
            return json({"error": "Too many files at once. Wait a minute."}, status=429)
        given = incoming(request, house.library.max_bytes)
        try:
            kept = await store_attachment(
                house.library,
                house.engines.web,
                given.body,
                agent_id=session.agent.id,
                file_name=given.name,
                length=given.length,
            )
        except Refused as refused:
            return json({"error": str(refused)}, status=_STATUS.get(refused.code, 415))
        except (StoreAway, SQLAlchemyError, OSError) as error:
            log.error("handoff.file.not_kept", error=type(error).__name__)
            return json({"error": "Files cannot be kept just now. Try again."}, status=503)
        about = f"{named(kept.content_type)}, {said_size(kept.size)}"
        return json({"id": str(kept.id), "name": kept.file_name, "about": about}, status=201)

    routes.add_route(show, "/media/<media_id:uuid>", methods=("GET",), name="media")
    routes.add_route(attach, "/files", methods=("POST",), name="attach", stream=True)


def _may_see(session: Session, file: File) -> bool:
    """What is in a thread, whoever reads threads; what is not sent yet, whoever attached it."""
    if file.customer_id is not None:
        return may(session.agent.role, Right.READ)
    return file.agent_id == session.agent.id
