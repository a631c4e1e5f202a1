"""`POST /chat/login`: a visitor whom the shop knows shows the shop's token for this session."""

from __future__ import annotations

import time

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from connectors.webchat.settings import WebchatSettings
from onethread.identity.logins import LoginKeys, LoginKeysInvalid, LoginRefused
from onethread.identity.visitors import SignedIn, sign_in
from onethread.settings import SettingsError
from onethread.storage.logins import Session

from .guard import Door
from .room import Room

log = structlog.get_logger()


def login_keys(settings: WebchatSettings) -> LoginKeys | None:
    """What the shop signs with; None when it signs nobody in.

    Raises:
        SettingsError: what is configured cannot be used.
    """
    name = "WEBCHAT_LOGIN_JWKS" if settings.login_jwks_file else "WEBCHAT_LOGIN_SECRET"
    try:
        if settings.login_jwks_file is not None:
            return LoginKeys.of_file(settings.login_jwks_file, settings.login_audience)
        if settings.login_secret is not None:
            return LoginKeys.of_secret(settings.login_secret.get_secret_value(), settings.login_audience)
    except LoginKeysInvalid as error:
        raise SettingsError(f"{name} {error}.") from None
    return None


def add_login(routes: Blueprint, room: Room, door: Door) -> None:
    """The route, when the shop has keys."""
    keys = login_keys(room.connector.settings)
    if keys is None:
        return
    known = keys

    async def login(request: Request) -> HTTPResponse:
        door.check_origin(request)
        address_key = await door.session_of(request, room.sessions)
        door.check_window(door.logins, address_key)
        given = request.json.get("token") if isinstance(request.json, dict) else None
        try:
            said = known.read(given if isinstance(given, str) else "", time.time())
        except LoginRefused as refused:
            log.info("web.chat.login_refused", why=str(refused))
            return json({"error": "refused"}, status=401)
        at = Session(room.connector.key, room.connector.account, address_key)
        async with room.house.engines.web.begin() as conn:
            ended = await sign_in(conn, at, said, channel=room.connector.channel.value)
        match ended:
            case SignedIn.DONE:
                return json({"signed_in": True})
            case SignedIn.REPLAYED:
                log.warning("web.chat.login_replayed")
                return json({"error": "refused"}, status=401)
            case SignedIn.SOMEBODY_ELSE:
                return json({"error": "somebody_else"}, status=409)

    routes.add_route(login, "/login", methods=("POST",))
