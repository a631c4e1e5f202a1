"""Headers every answer carries, whatever route made it."""

from __future__ import annotations

from collections.abc import Sequence

from sanic import Request
from sanic.response import BaseHTTPResponse

from .kinds import App
from .origins import socket_sources

_ALWAYS = {
    "x-content-type-options": "nosniff",
    # Not "no-referrer": browsers then call the origin of our own forms "null".
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def content_security_policy(
    own: frozenset[str], ancestors: Sequence[str] = (), *, images: Sequence[str] = ()
) -> str:
    """Only our own files (and `images`), no inline script or style; framed by `ancestors` alone."""
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self' {' '.join(socket_sources(own))}",
            " ".join(("img-src 'self' data:", *images)),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(ancestors) or chr(39) + 'none' + chr(39)}",
        )
    )


def protect(app: App, own: frozenset[str], *, https: bool) -> None:
    """Adds the headers to every response that does not set its own."""
    strict = content_security_policy(own)

    async def add_headers(request: Request, response: BaseHTTPResponse) -> None:
        headers = response.headers
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        if "content-security-policy" not in headers:
            headers["content-security-policy"] = strict
            headers.setdefault("x-frame-options", "DENY")
        headers.setdefault("cache-control", "no-store")
        if https:
            headers.setdefault("strict-transport-security", "max-age=31536000")

    app.register_middleware(add_headers, "response")
