"""Builds the web process: every public route, its limits and its background tasks."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sanic import Request, Sanic
from sanic.response import HTTPResponse, redirect
from sqlalchemy.exc import SQLAlchemyError

from connectors.webchat.capabilities import FRAME_MAX_BYTES
from connectors.webchat.connector import WebchatConnector
from onethread.app import House
from onethread.handoff import routes as desk

from . import access, assets, errors, files, health, security, webhooks
from .api import routes as api
from .chat import routes as chat
from .chat.feed import Feed
from .chat.room import Room
from .chat.sessions import Sessions
from .kinds import App
from .metrics import WebMetrics
from .origins import own_origins
from .templates import Templates
from .wire import BODY_S, HEAD_S

BODY_MAX_BYTES = 256 * 1024
"""Largest request body, but for webhooks: each door says how much its platform sends."""


def create_app(house: House, *, name: str = "onethread") -> App:
    """The web process's app, to be served with `wire.Protocol`.

    The house is the caller's to close; `name` must be new in this process.
    """
    app = Sanic(name, configure_logging=False, env_prefix="ONETHREAD_SANIC_")
    app.config.update(
        REQUEST_MAX_SIZE=BODY_MAX_BYTES,
        REQUEST_TIMEOUT=HEAD_S,
        BODY_TIMEOUT=BODY_S,
        RESPONSE_TIMEOUT=30,
        KEEP_ALIVE_TIMEOUT=30,
        GRACEFUL_SHUTDOWN_TIMEOUT=5.0,
        WEBSOCKET_MAX_SIZE=FRAME_MAX_BYTES,
        WEBSOCKET_PING_INTERVAL=25,
        WEBSOCKET_PING_TIMEOUT=60,
        AUTO_EXTEND=False,
        FALLBACK_ERROR_FORMAT="json",
    )
    own = own_origins(house.settings.public_url)
    metrics = WebMetrics()
    static = assets.Assets()
    templates = Templates(static)
    readiness = health.Readiness(house)

    errors.install(app, templates)
    security.protect(app, own, https=house.settings.public_url.startswith("https://"))
    access.observe(app, metrics)
    app.blueprint(health.blueprint(readiness, metrics))
    app.blueprint(assets.blueprint(static))
    app.blueprint(webhooks.blueprint(house))
    feeds: list[Feed] = []
    for door in house.connectors.values():
        if isinstance(door, WebchatConnector):
            feed = Feed(house.engines.web, house.valkey, door.account)
            feeds.append(feed)
            room = Room(house, door, Sessions(house.engines.web, door.settings), feed, metrics)
            app.blueprint(chat.blueprint(room, templates, static, own))
    app.blueprint(desk.blueprint(house, templates, own))
    app.blueprint(files.blueprint(house))
    app.blueprint(api.blueprint(house))

    @app.get("/")
    async def front(request: Request) -> HTTPResponse:
        return redirect("/chat")

    _run_beside(app, house, feeds, readiness)
    return app


def _run_beside(app: App, house: House, feeds: list[Feed], readiness: health.Readiness) -> None:
    running: list[asyncio.Task[None]] = []

    @app.before_server_start
    async def start(_: App) -> None:
        running.extend(asyncio.create_task(feed.run()) for feed in feeds)
        running.append(asyncio.create_task(_warm(house)))

    @app.before_server_stop
    async def stop(_: App) -> None:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await readiness.close()


async def _warm(house: House) -> None:
    """A connection and the day's key are there before the first webhook needs them."""
    with suppress(SQLAlchemyError, OSError):
        await house.vault.ready(house.engines.web)
