"""A platform's own requests to the house: signed once, posted as often as that platform would."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a platform posts what was not taken: `first_s`, then `factor` times longer each time.

    Must not: be read as the vendor's own figures; they publish the end, not each wait.
    """

    first_s: float
    factor: float
    longest_s: float
    gives_up_s: float

    def wait_s(self, tries: int, spent_s: float) -> float | None:
        """Seconds until the next try after `tries` in `spent_s`; None: no more."""
        # Beyond some doublings it is the longest anyway, and a float overflows.
        wait = min(self.first_s * self.factor ** min(tries - 1, 60), self.longest_s)
        return None if spent_s + wait > self.gives_up_s else wait


NO_PATIENCE = Patience(0.0, 1.0, 0.0, -1.0)
"""Posts once."""


@dataclass(slots=True)
class Delivery:
    """What became of one webhook; 0 stands for a house that could not be reached."""

    about: str
    url: str
    began: float = field(default_factory=time.time)
    statuses: list[int] = field(default_factory=list)
    next_at: float | None = None
    """When it is tried again, epoch seconds; None: it was taken, or given up."""

    @property
    def taken(self) -> bool:
        """The house said 2xx."""
        return bool(self.statuses) and 200 <= self.statuses[-1] < 300

    def state(self) -> str:
        """One word or sentence for a person who looks at a phone."""
        if not self.statuses:
            return "sending"
        if self.taken:
            return "delivered"
        last = self.statuses[-1]
        said = f"the house answered {last}" if last else "the house could not be reached"
        return said if self.next_at is not None else f"lost: {said}"

    def shown(self) -> dict[str, object]:
        """For whoever reads the record."""
        return {
            "about": self.about,
            "url": self.url,
            "began": self.began,
            "statuses": list(self.statuses),
            "next_at": self.next_at,
            "taken": self.taken,
        }


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
        except (httpx.HTTPError, httpx.InvalidURL):
            return 0
        return response.status_code

    async def close(self) -> None:
        await self._http.aclose()
