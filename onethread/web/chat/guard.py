"""Who may knock at the web chat, and how often: origins, rates per peer and session, session tokens."""

from __future__ import annotations

import time
from collections.abc import Callable

from sanic import Request
from sanic.exceptions import Forbidden, SanicException, Unauthorized

from onethread.web.limits import Counts, Windows
from onethread.web.origins import is_same_origin
from onethread.web.peers import peer_of

from .room import Room
from .sessions import COOKIE, Sessions

_MINUTE_S = 60.0
_UPLOADS = 20
_LINKS = 10
_LOGINS = 10
_AT_ONCE = 10


class TooManyRequests(SanicException):
    """The peer asks too often."""

    status_code = 429
    quiet = True


class Door:
    """The limits of this web chat per peer, and per session where they are its own."""

    def __init__(self, room: Room, own: frozenset[str], clock: Callable[[], float] = time.monotonic) -> None:
        settings = room.connector.settings
        self.own = own
        self.proxies = room.house.settings.proxies
        self.handshakes = Windows(settings.handshakes_per_min, _MINUTE_S)
        self.creations = Windows(settings.handshakes_per_min, _MINUTE_S)
        self.sockets = Counts(settings.sockets_per_peer)
        self.uploads = Windows(_UPLOADS, _MINUTE_S)
        self.peer_uploads = Windows(_UPLOADS * 5, _MINUTE_S)
        self.uploading = Counts(_AT_ONCE)
        self.links = Windows(_LINKS, _MINUTE_S)
        self.logins = Windows(_LOGINS, _MINUTE_S)
        self.clock = clock

    def check_origin(self, request: Request) -> None:
        """Lets only our own pages in; a missing Origin is refused as well.

        Raises:
            Forbidden: it is another site's page, or no browser.
        """
        if not is_same_origin(request.headers, self.own):
            raise Forbidden("foreign origin", quiet=True)

    def peer(self, request: Request) -> str:
        """Who is asking."""
        return peer_of(request, self.proxies)

    def check_rate(self, request: Request, windows: Windows) -> None:
        """Lets a peer in that does not ask too often.

        Raises:
            TooManyRequests: it does.
        """
        self.check_window(windows, self.peer(request))

    def check_window(self, windows: Windows, key: str) -> None:
        """Counts one thing that `key` does.

        Raises:
            TooManyRequests: it did as many as it may.
        """
        if not windows.take(key, self.clock()):
            raise TooManyRequests("too many requests", headers={"retry-after": "60"})

    async def session_of(self, request: Request, sessions: Sessions) -> str:
        """The address key of the session whose token came as a header or a cookie, never in a URL.

        Raises:
            Unauthorized: there is no living session.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE)
        found = await sessions.find(given)
        if found is None:
            raise Unauthorized("no session", quiet=True)
        return found
