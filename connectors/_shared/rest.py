"""Step "send": one platform's JSON API over HTTP, within our limits, and whether a request has left.

Limits on our side: connect 5 s, read 15 s, 20 s in all, answers cut at 1 MB.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode, urlsplit

import aiohttp
import certifi

from connectors.contract import OutcomeUnknown, PlatformUnavailable

_CONNECT_S, _READ_S = 5.0, 15.0
_TOTAL_S = 20.0
_ANSWER_MAX = 1_000_000
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
# Nothing of the request has left when one of these is raised.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is the JSON object of the answer; empty for HTML, nothing at all, or anything else."""

    status: int
    retry_after: float | None
    """Seconds; the header's date form counts as unsaid."""
    body: Mapping[str, object]


class RestApi:
    """One account's API. `platform` is its name for people, as in "could not connect to Twilio"."""

    def __init__(
        self,
        platform: str,
        base_url: str,
        *,
        auth: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._platform = platform
        self._base = base_url.rstrip("/")
        login = {"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {}
        own = {"Accept-Encoding": "identity", "User-Agent": "onethread"}
        self._headers = {**own, **login, **(headers or {})}
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, path: str, *, form: Mapping[str, str | list[str]] | None = None, body: object = None
    ) -> Answer:
        """Ask for a deed, once, with a form or a JSON body.

        Raises `PlatformUnavailable` when surely nothing left, `OutcomeUnknown` when it may have arrived.
        """
        try:
            if form is not None:
                return await self._ask("POST", path, content=urlencode(form, doseq=True), kind=_FORM)
            return await self._ask("POST", path, content=_written(body), kind=_JSON)
        except _NOT_SENT as error:
            raise PlatformUnavailable(
                f"could not connect to {self._platform} ({type(error).__name__})"
            ) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown(f"no clear answer from {self._platform} ({type(error).__name__})") from error

    async def get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Ask for a fact; raises `PlatformUnavailable`."""
        try:
            return await self._ask("GET", path, params=query)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PlatformUnavailable(
                f"{self._platform} could not be asked ({type(error).__name__})"
            ) from error

    async def close(self) -> None:
        """Give the kept connections back."""
        if self._session is not None:
            await self._session.close()

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        content: str | None = None,
        kind: str | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        headers = {} if kind is None else {"Content-Type": kind}
        async with self._opened().request(
            method,
            f"{self._base}/{path.lstrip('/')}",
            data=None if content is None else content.encode(),
            params=params,
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=_TOTAL_S, connect=_CONNECT_S, sock_read=_READ_S),
        ) as response:
            raw = bytearray()
            async for chunk in response.content.iter_any():
                raw += chunk
                if len(raw) > _ANSWER_MAX:
                    raw.clear()
                    response.close()
                    break
            return Answer(response.status, _seconds(response.headers.get("Retry-After")), _object(bytes(raw)))

    def _opened(self) -> aiohttp.ClientSession:
        """The session of this API, made at its first request: it belongs to a running loop."""
        if self._session is None:
            base = urlsplit(self._base)
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                # A proxy is for the world, not for a fake platform on this machine.
                trust_env=base.hostname not in ("127.0.0.1", "::1", "localhost"),
                connector=aiohttp.TCPConnector(
                    limit=64,
                    # Before the platform does: a request on a connection it closes has no clear end.
                    keepalive_timeout=4.0,
                    # Reading the certificates of the world takes a while; a plain-HTTP fake needs none.
                    ssl=True if base.scheme == "http" else _certificates(),
                ),
            )
        return self._session


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())


def _written(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _object(raw: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
