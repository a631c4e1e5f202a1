"""Who may use the API: a token in a header, never in a URL, so many requests a minute."""

from __future__ import annotations

import time
from collections.abc import Callable

from sanic import Request
from sanic.exceptions import SanicException, Unauthorized
from sqlalchemy.ext.asyncio import AsyncEngine

from onethread.storage.api_tokens import ApiToken, find_token
from onethread.web.limits import Windows
from onethread.web.peers import peer_of

PER_MINUTE = 120
_WRONG_PER_MINUTE = 20


class Guard:
    """Lets a request in or raises."""

    def __init__(
        self, engine: AsyncEngine, proxies: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._proxies = proxies
        self._clock = clock
        self._uses = Windows(PER_MINUTE, 60.0)
        self._wrong = Windows(_WRONG_PER_MINUTE, 60.0)

    async def token_of(self, request: Request) -> ApiToken:
        """The token of a request.

        Raises:
            Unauthorized: there is none that counts.
            SanicException: 429, more than the minute allows.
        """
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        found = None
        if kind.lower() == "bearer" and given:
            async with self._engine.begin() as conn:
                found = await find_token(conn, given.strip())
        now = self._clock()
        if found is None:
            if not self._wrong.take(peer_of(request, self._proxies), now):
                raise _too_many()
            raise Unauthorized("a token is needed", scheme="Bearer", realm="api", quiet=True)
        if not self._uses.take(str(found.id), now):
            raise _too_many()
        return found


def _too_many() -> SanicException:
    return SanicException("too many requests", status_code=429, quiet=True, headers={"retry-after": "60"})
