"""`/api/v1`: a customer's addresses, links and tracker; the undo of a link. Each use leaves an audit line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import raw
from sqlalchemy.ext.asyncio import AsyncConnection

from onethread.app import House
from onethread.dialogue.tracker_json import tracker_json
from onethread.identity.linking import ask_undo
from onethread.ids import CustomerId, LinkId
from onethread.storage import agents, desk, links, moves
from onethread.storage.addresses import living
from onethread.storage.links import Link
from onethread.storage.trackers import read_tracker

from .guard import Guard

_REASON_MAX = 200


def blueprint(house: House) -> Blueprint:
    """The API of this house."""
    routes = Blueprint("api", url_prefix="/api/v1")
    guard = Guard(house.engines.web, house.settings.proxies)
    engine = house.engines.web

    @routes.on_request
    async def check(request: Request) -> None:
        request.ctx.token = await guard.token_of(request)

    async def customer(request: Request, customer_id: UUID) -> HTTPResponse:
        async with engine.begin() as conn:
            card = await _card(conn, customer_id)
            found = await links.links_of(conn, card.customer_id)
            await _note(conn, request, "api.customer", card.customer_id)
        return _json(
            {
                "id": card.customer_id,
                "display_name": card.display_name,
                "owner": card.owner,
                "status": card.status,
                "addresses": [asdict(address) for address in card.addresses],
                "links": [_link(link) for link in found],
            }
        )

    async def tracker(request: Request, customer_id: UUID) -> HTTPResponse:
        async with engine.begin() as conn:
            card = await _card(conn, customer_id)
            turns = await read_tracker(conn, card.customer_id)
            known = await moves.remembered(conn, card.customer_id)
            await _note(conn, request, "api.tracker", card.customer_id)
        whole = request.args.get("include_events", "ALL").upper() != "NONE"
        return _json(tracker_json(card.customer_id, turns, known.slots, events=whole))

    async def unlink(request: Request, link_id: UUID) -> HTTPResponse:
        reason = request.args.get("reason", "")[:_REASON_MAX] or f"by {request.ctx.token.name}"
        async with engine.begin() as conn:
            link = await links.read_link(conn, LinkId(link_id))
            if link is None or not await ask_undo(conn, link.id, by=None, reason=reason):
                raise NotFound("no such link")
            await _note(conn, request, "api.unlink", link.customer_id, link=str(link.id))
        return _json({"id": link.id, "status": "undoing"}, status=202)

    routes.add_route(customer, "/customers/<customer_id:uuid>", methods=("GET",))
    routes.add_route(tracker, "/customers/<customer_id:uuid>/tracker", methods=("GET",))
    routes.add_route(unlink, "/links/<link_id:uuid>", methods=("DELETE",))
    return routes


async def _card(conn: AsyncConnection, asked: UUID) -> desk.Card:
    """The customer, or whoever they were found to be; raises NotFound."""
    card = await desk.read_card(conn, await living(conn, CustomerId(asked)))
    if card is None:
        raise NotFound("no such customer")
    return card


def _link(link: Link) -> dict[str, Any]:
    return {name: value for name, value in asdict(link).items() if name != "undone_by"}


async def _note(
    conn: AsyncConnection, request: Request, action: str, customer_id: CustomerId | None, **detail: object
) -> None:
    await agents.record(
        conn, action, agent_id=None, customer_id=customer_id, token=request.ctx.token.name, **detail
    )


def _json(value: object, *, status: int = 200) -> HTTPResponse:
    return raw(orjson.dumps(value), content_type="application/json", status=status)
