"""`POST /chat/links`: where else the conversation can go on, each link with a fresh token of this session."""

from __future__ import annotations

import asyncio
import secrets
import time

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from connectors.contract import Channel, OffersLink, SendError
from onethread.identity.tokens import NONCE_BYTES, LinkTokens

from .guard import Door
from .room import Room

log = structlog.get_logger()


def add_links(routes: Blueprint, room: Room, door: Door) -> None:
    """The links of every open door that offers one, one for each channel."""
    tokens = LinkTokens(room.house.settings.secret_key.get_secret_value())
    doors: dict[Channel, OffersLink] = {}
    for one in room.house.connectors.values():
        if one is not room.connector and isinstance(one, OffersLink):
            doors.setdefault(one.channel, one)

    async def offered(channel: Channel, one: OffersLink, token: str) -> tuple[Channel, str | None]:
        try:
            return channel, await one.link_with(token)
        except SendError as error:
            log.warning("web.chat.link_not_offered", channel=channel.value, error=type(error).__name__)
            return channel, None

    async def links(request: Request) -> HTTPResponse:
        door.check_origin(request)
        address_key = await door.session_of(request, room.sessions)
        door.check_window(door.links, address_key)
        subject = bytes.fromhex(address_key)
        found = await asyncio.gather(
            *(
                offered(channel, one, tokens.mint(subject, secrets.token_bytes(NONCE_BYTES), time.time()))
                for channel, one in doors.items()
            )
        )
        return json({"links": [{"channel": channel.value, "url": url} for channel, url in found if url]})

    routes.add_route(links, "/links", methods=("POST",))
