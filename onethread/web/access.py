"""One count and one log line per answered request: its route, never its query, ids or tokens.

What is asked for all the time and went well is counted only, unless the level is debug.
"""

from __future__ import annotations

import time

import structlog
from sanic import Request
from sanic.response import BaseHTTPResponse

from .kinds import App
from .metrics import WebMetrics

log = structlog.get_logger()
_QUIET = frozenset({"/health", "/ready", "/metrics"})


def route_of(request: Request) -> str:
    """The route's pattern; what stands in its place-holders may be a secret link."""
    return f"/{request.route.path}" if request.route else "(none)"


def leave_out(request: Request) -> None:
    """No log line for this one: too many said the same. It is counted."""
    request.ctx.left_out = True


def observe(app: App, metrics: WebMetrics) -> None:
    """Logs and counts every answer."""

    async def start(request: Request) -> None:
        request.ctx.started = time.perf_counter()

    async def finish(request: Request, response: BaseHTTPResponse) -> None:
        route = route_of(request)
        took = time.perf_counter() - getattr(request.ctx, "started", time.perf_counter())
        metrics.requests.labels(request.method, route, response.status).inc()
        metrics.seconds.labels(route).observe(took)
        quiet = (
            route in _QUIET
            or route.startswith("/static/")
            or (route.startswith("/webhooks/") and response.status == 200)
            or getattr(request.ctx, "left_out", False)
        )
        write = log.debug if quiet else log.info
        write(
            "web.request.answered",
            method=request.method,
            route=route,
            status=response.status,
            ms=round(took * 1000, 1),
        )

    app.register_middleware(start, "request", priority=1000)
    app.register_middleware(finish, "response")
