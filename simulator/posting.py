"""A platform's own requests to the house: signed once, posted as often as wanted."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx

# What Twilio gives the house for everything; Meta and Telegram give no less.
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)


@dataclass(frozen=True, slots=True)
class SignedWebhook:
    """One request, ready to be posted once, thrice, or with something altered."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@cache
def _certificates() -> ssl.SSLContext:
    """Read once a process: it takes longer than a test may."""
    return ssl.create_default_context()


class Poster:
    """Posts to the house: signs for its public URL, delivers to where it really listens."""

    def __init__(self) -> None:
        self._http = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, verify=_certificates())

    async def post(self, webhook: SignedWebhook, *, public_url: str, deliver_to: str) -> int:
        """The house's HTTP status; 0 when it could not be reached."""
        url = webhook.url
        if url.startswith(public_url):
            url = deliver_to + url.removeprefix(public_url)
        try:
            response = await self._http.post(url, content=webhook.body, headers=dict(webhook.headers))
        except httpx.HTTPError:
            return 0
        return response.status_code

    async def close(self) -> None:
        await self._http.aclose()
