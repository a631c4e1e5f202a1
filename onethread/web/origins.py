"""Which browser origins are ours: no other site opens our sockets or posts our forms. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from connectors.webchat.settings import origin_of

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def own_origins(public_url: str) -> frozenset[str]:
    """The origin of the public URL; on loopback, its other spellings too."""
    origin = origin_of(public_url)
    parts = urlsplit(origin)
    host = origin.removeprefix(f"{parts.scheme}://").rsplit(":", 1)[0] if parts.port else parts.netloc
    if host not in _LOOPBACK:
        return frozenset((origin,))
    port = f":{parts.port}" if parts.port else ""
    return frozenset(f"{parts.scheme}://{name}{port}" for name in _LOOPBACK)


def socket_sources(origins: frozenset[str]) -> tuple[str, ...]:
    """The websocket forms of origins, for a Content-Security-Policy (which knows no IPv6 addresses)."""
    return tuple(sorted(f"ws{origin.removeprefix('http')}" for origin in origins if "[" not in origin))


def is_same_origin(headers: Mapping[str, str], own: frozenset[str]) -> bool:
    """Whether a state-changing request comes from one of our own pages. A missing Origin is not ours."""
    return headers.get("origin", "").lower() in own
