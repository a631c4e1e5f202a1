"""What Meta refuses: limits of a message, the closed window, too quick a pace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.http import Response

WINDOW_S = 24 * 3600.0
_REASONS = {
    4: "Application request limit reached",
    100: "Invalid parameter",
    190: "Error validating access token",
    130429: "Rate limit hit",
    131009: "Parameter value is not valid",
    131047: "Re-engagement message",
    131056: "Pair rate limit hit",
    132000: "Number of parameters does not match the expected number of params",
}


def refused(
    status: int, code: int, *, subcode: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An error answer in the Graph API's shape."""
    error: dict[str, object] = {
        "message": f"(#{code}) {_REASONS.get(code, 'Refused')}",
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUvW",
    }
    if subcode is not None:
        error["error_subcode"] = subcode
    return Response(status, json.dumps({"error": error}).encode(), "application/json", headers or {})


def problem_of(said: Mapping[str, Any]) -> int:
    """The error code a send earns by itself; 0 when it earns none."""
    if said.get("messaging_product") != "whatsapp" or not (said.get("to") or said.get("recipient")):
        return 100
    kind = said.get("type")
    content = said.get(kind) if isinstance(kind, str) else None
    if not isinstance(kind, str) or not isinstance(content, Mapping):
        return 100
    if kind == "template":
        return 0 if _named(content) else 132000
    return 0 if _fits(kind, content) else 131009


def _fits(kind: str, content: Mapping[str, Any]) -> bool:
    match kind:
        case "text":
            return 0 < _units(content.get("body")) <= 4096
        case "interactive":
            return _choices_fit(content)
        case "image" | "video" | "audio" | "document" | "sticker":
            return _file_fits(kind, content)
        case _:
            return False


def _choices_fit(content: Mapping[str, Any]) -> bool:
    action = content.get("action", {})
    if not 0 < _units(content.get("body", {}).get("text")) <= 1024:
        return False
    if content.get("type") == "button":
        found = [button["reply"] for button in action.get("buttons", [])]
        most, title_max, id_max = 3, 20, 256
    else:
        found = [row for section in action.get("sections", []) for row in section["rows"]]
        most, title_max, id_max = 10, 24, 200
        if not 0 < _units(action.get("button")) <= 20:
            return False
    titles = {item["title"] for item in found}
    return (
        0 < len(found) <= most
        and len(titles) == len(found)
        and all(0 < _units(item["title"]) <= title_max and 0 < len(item["id"]) <= id_max for item in found)
    )


def _named(template: Mapping[str, Any]) -> bool:
    language = template.get("language")
    return bool(template.get("name")) and isinstance(language, Mapping) and bool(language.get("code"))


def _file_fits(kind: str, content: Mapping[str, Any]) -> bool:
    addressed = bool(content.get("id")) or str(content.get("link", "")).startswith(("http://", "https://"))
    captioned = "caption" in content
    return (
        addressed
        and not (captioned and kind in ("audio", "sticker"))
        and _units(content.get("caption")) <= 1024
    )


def _units(text: object) -> int:
    return len(text.encode("utf-16-le")) // 2 if isinstance(text, str) else 0
