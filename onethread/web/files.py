"""`/media/<id>`: a file for whoever has its signed link; platforms fetch what we send from here."""

from __future__ import annotations

from uuid import UUID

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound

from onethread.app import House
from onethread.storage.media import read_file

from .serving import serve_file


def blueprint(house: House) -> Blueprint:
    """Needs no session; without a living signature there is nothing here."""
    routes = Blueprint("media", url_prefix="/media")

    async def show(request: Request, media_id: UUID) -> HTTPResponse | None:
        if not house.links.opens(media_id, request.args.get("e", ""), request.args.get("s", "")):
            raise NotFound("no such file")
        async with house.engines.web.connect() as conn:
            file = await read_file(conn, media_id)
        return await serve_file(
            request, house.library, file, cache="private, max-age=86400", cross_origin=True
        )

    routes.add_route(show, "/<media_id:uuid>", methods=("GET", "HEAD"))
    return routes
