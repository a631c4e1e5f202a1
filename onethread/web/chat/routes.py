"""`/chat`: the page, the widget other sites embed, new sessions and the socket."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from sanic import Blueprint, HTTPResponse, Request, Websocket
from sanic.exceptions import NotFound
from sanic.response import json

from connectors.webchat.capabilities import FILES_MAX
from onethread.web.assets import Assets
from onethread.web.packing import Packed
from onethread.web.security import content_security_policy
from onethread.web.templates import Templates

from .files import add_files
from .frames import LANGUAGES
from .guard import Door
from .links import add_links
from .login import add_login
from .room import Room
from .sessions import COOKIE
from .socket import serve

_THEMES = ("light", "dark")
_MODULES = tuple(
    f"chat/{name}.js" for name in ["attention", "files", "link", "log", "menu", "shown", "texts", "theme"]
)
_WITHOUT_SCRIPT = {
    "en": "This chat needs JavaScript.",
    "ro": "Conversația are nevoie de JavaScript.",
    "ru": "Для чата нужен JavaScript.",
    "zh": "聊天功能需要启用 JavaScript。",
}


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
    page_policy = content_security_policy(own, embedders, images=("blob:",))
    secure = room.house.settings.public_url.startswith("https://")

    logo = _read_logo(settings.logo_file)

    @cache
    def rendered(language: str, theme: str, embedded: bool) -> Packed:
        body = templates.render(
            "chat.html",
            language=language,
            theme=theme,
            embedded=embedded,
            shop=settings.shop_name,
            logo=f"/chat/logo?{logo.tag}" if logo else None,
            modules=(*_MODULES, "shared/linkify.js", f"chat/messages/{language}.js"),
            file_max=room.house.library.max_bytes,
            files_max=FILES_MAX,
            without_script=_WITHOUT_SCRIPT[language],
        )
        return Packed.of(body.encode(), "text/html; charset=utf-8")

    @routes.get("/")
    async def page(request: Request) -> HTTPResponse:
        asked = f"{request.args.get('language', '')},{request.headers.get('accept-language', '')}"
        theme = request.args.get("theme", "")
        page = rendered(
            language_of(asked), theme if theme in _THEMES else "", request.args.get("embed") == "1"
        )
        headers = {"content-security-policy": page_policy, "cache-control": "private, no-cache"}
        return page.answer(request, headers)

    @routes.get("/widget.js")
    async def widget(request: Request) -> HTTPResponse:
        return assets.packed("widget/widget.js").answer(
            request,
            {
                "cache-control": "public, max-age=300",
                "access-control-allow-origin": "*",
                "cross-origin-resource-policy": "cross-origin",
            },
        )

    @routes.get("/logo")
    async def show_logo(request: Request) -> HTTPResponse:
        if logo is None:
            raise NotFound("no logo")
        return logo.answer(request, {"cache-control": "public, max-age=86400"})

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
        peer = door.peer(request)
        if not door.sockets.enter(peer):
            await wire.close(4429, "too many sockets")
            return
        try:
            await serve(room, wire, request.cookies.get(COOKIE))
        finally:
            door.sockets.leave(peer)

    routes.add_websocket_route(socket, "/socket")
    add_files(routes, room, door)
    add_links(routes, room, door)
    add_login(routes, room, door)
    return routes


def _read_logo(path: Path | None) -> Packed | None:
    if path is None:
        return None
    return Packed.of(path.read_bytes(), mimetypes.guess_type(path.name)[0] or "image/png")
