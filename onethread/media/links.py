"""Links that open one file without signing in, for platforms that fetch it and customers who get a link."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from uuid import UUID

LIVES_S = 14 * 24 * 3600
"""Longer than any send is tried, and long enough for somebody who reads his SMS after a week."""
_PURPOSE = b"onethread media link"


class Links:
    """Makes and checks links. Whoever has one can open the file until it expires."""

    def __init__(self, secret_key: str, public_url: str, clock: Callable[[], float] = time.time) -> None:
        self._key = hmac.digest(secret_key.encode(), _PURPOSE, hashlib.sha256)
        self._public_url = public_url
        self._clock = clock

    def url(self, media_id: UUID, *, lives_s: int = LIVES_S) -> str:
        """A link to this file."""
        expires = int(self._clock()) + lives_s
        return f"{self._public_url}/media/{media_id}?e={expires}&s={self._sign(media_id, expires)}"

    def opens(self, media_id: UUID, expires: str, signature: str) -> bool:
        """Whether a link with these parameters opens this file now."""
        if not (expires.isascii() and expires.isdigit() and len(expires) < 12):
            return False
        wanted = self._sign(media_id, int(expires))
        return hmac.compare_digest(wanted.encode(), signature.encode()) and int(expires) > self._clock()

    def _sign(self, media_id: UUID, expires: int) -> str:
        digest = hmac.digest(self._key, media_id.bytes + expires.to_bytes(8), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:18]).decode()
