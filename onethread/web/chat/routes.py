"""`/chat`: the page, the widget other sites embed, new sessions and the socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sanic import Blueprint, HTTPResponse, Request, Websocket
from sanic.exceptions import Forbidden, SanicException
from sanic.response import html, json, raw

from onethread.web.assets import Assets, content_type
from onethread.web.limits import Counts, Windows
from onethread.web.origins import is_same_origin
from onethread.web.peers import peer_of
from onethread.web.security import content_security_policy
from onethread.web.templates import Templates

from .sessions import COOKIE
from .socket import Room, serve

LANGUAGES = ("en",)
"""Languages the page has a catalogue for; the first one is the fallback."""


class TooManyRequests(SanicException):
    """The peer asks too often."""

    status_code = 429
    quiet = True


class Door:
    """The limits of this web chat per peer."""

    def __init__(self, room: Room, own: frozenset[str], clock: Callable[[], float] = time.monotonic) -> None:
        settings = room.connector.settings
        self.own = own
        self.proxies = room.house.settings.proxies
        self.handshakes = Windows(settings.handshakes_per_min, 60.0)
        self.creations = Windows(settings.handshakes_per_min, 60.0)
        self.sockets = Counts(settings.sockets_per_peer)
        self.clock = clock

    def check_origin(self, request: Request) -> None:
        """Lets only our own pages in; a missing Origin is refused as well.

        Raises:
            Forbidden: it is another site's page, or no browser.
        """
        if not is_same_origin(request.headers, self.own):
            raise Forbidden("foreign origin", quiet=True)

    def check_rate(self, request: Request, windows: Windows) -> str:
        """The peer, once it is known not to ask too often.

        Raises:
            TooManyRequests: it does.
        """
        peer = peer_of(request, self.proxies)
        if not windows.take(peer, self.clock()):
            raise TooManyRequests("too many requests")
        return peer


def language_of(accept: str, known: Sequence[str] = LANGUAGES) -> str:
    """The first language of an Accept-Language header there are texts for. Pure."""
    wanted: list[tuple[float, str]] = []
    for item in accept.lower().split(",")[:20]:
        name, _, quality = item.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        wanted.append((-weight, name.partition("-")[0]))
    return next((name for _, name in sorted(wanted, key=lambda w: w[0]) if name in known), known[0])


def blueprint(room: Room, templates: Templates, assets: Assets, own: frozenset[str]) -> Blueprint:
    """The routes of one web chat account."""
    routes = Blueprint("chat", url_prefix="/chat")
    door = Door(room, own)
    settings = room.connector.settings
    embedders = ("'self'", *settings.embed_origins)
    page_policy = content_security_policy(own, embedders)
    secure = room.house.settings.public_url.startswith("https://")

    @routes.get("/")
    async def page(request: Request) -> HTTPResponse:
        embedded = request.args.get("embed") == "1"
        body = templates.render(
            "chat.html",
            language=language_of(request.headers.get("accept-language", "")),
            shop=settings.shop_name,
            embedded=embedded,
        )
        return html(body, headers={"content-security-policy": page_policy})

    @routes.get("/widget.js")
    async def widget(request: Request) -> HTTPResponse:
        return raw(
            assets.content("widget/widget.js") or b"",
            content_type=content_type("widget.js"),
            headers={
                "cache-control": "public, max-age=300",
                "access-control-allow-origin": "*",
                "cross-origin-resource-policy": "cross-origin",
            },
        )

    @routes.post("/session")
    async def session(request: Request) -> HTTPResponse:
        door.check_origin(request)
        wanted = request.json if request.body else {}
        embedded = isinstance(wanted, dict) and wanted.get("embed") is True
        given = wanted.get("token") if embedded else request.cookies.get(COOKIE)
        if await room.sessions.find(given if isinstance(given, str) else None):
            return json({"resumed": True})
        door.check_rate(request, door.creations)
        made = await room.sessions.create()
        if embedded:
            # In another site's frame no cookie is kept: the page holds the token, out of that site's reach.
            return json({"resumed": False, "token": made.token}, status=201)
        answer = json({"resumed": False}, status=201)
        answer.add_cookie(
            COOKIE,
            made.token,
            path="/chat",
            httponly=True,
            samesite="Strict",
            secure=secure,
            max_age=settings.absolute_s,
        )
        return answer

    @routes.on_request
    async def guard_handshake(request: Request) -> None:
        # Before the handshake: afterwards the browser would already hold an open socket.
        if request.path == "/chat/socket":
            door.check_origin(request)
            door.check_rate(request, door.handshakes)

    async def socket(request: Request, wire: Websocket) -> None:
        peer = peer_of(request, door.proxies)
        if not door.sockets.enter(peer):
            await wire.close(4429, "too many sockets")
            return
        try:
            await serve(room, wire, request.cookies.get(COOKIE))
        finally:
            door.sockets.leave(peer)

    routes.add_websocket_route(socket, "/socket")
    return routes
