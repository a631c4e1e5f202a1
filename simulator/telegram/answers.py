"""Answers of the Bot API, in Telegram's shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from simulator.http import Response

_REASONS = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry later",
}


def ok(result: object) -> Response:
    """A success."""
    return Response(body=json.dumps({"ok": True, "result": result}).encode(), content_type="application/json")


def refused(status: int, reason: str = "", parameters: Mapping[str, object] | None = None) -> Response:
    """An error answer."""
    body: dict[str, object] = {
        "ok": False,
        "error_code": status,
        "description": reason or _REASONS.get(status, "Internal Server Error"),
    }
    if parameters:
        body["parameters"] = dict(parameters)
    return Response(status, json.dumps(body).encode(), "application/json")
