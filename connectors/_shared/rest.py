"""Step "send": one platform's JSON API over HTTP, within our limits, and whether a request has left.

Limits on our side: connect 5 s, read 15 s, 20 s in all, answers cut at 1 MB.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from connectors.contract import OutcomeUnknown, PlatformUnavailable

_TIMEOUT = httpx.Timeout(connect=5.0, read=15.0, write=15.0, pool=5.0)
_TOTAL_S = 20.0
_ANSWER_MAX = 1_000_000
# Nothing of the request has left when one of these is raised.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


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
        base = urlsplit(base_url)
        self._http = httpx.AsyncClient(
            base_url=base_url,
            auth=auth,
            timeout=_TIMEOUT,
            # A proxy is for the world, not for a fake platform on this machine.
            trust_env=base.hostname not in ("127.0.0.1", "::1", "localhost"),
            # Reading the certificates of the world takes a while; a plain-HTTP fake needs none.
            verify=base.scheme != "http",
            headers={"Accept-Encoding": "identity", "User-Agent": "onethread", **(headers or {})},
            limits=httpx.Limits(max_connections=64, keepalive_expiry=4.0),
        )

    async def post(
        self, path: str, *, form: Mapping[str, str | list[str]] | None = None, body: object = None
    ) -> Answer:
        """Ask for a deed, once, with a form or a JSON body.

        Raises `PlatformUnavailable` when surely nothing left, `OutcomeUnknown` when it may have arrived.
        """
        try:
            return await self._ask("POST", path, data=form, json=body)
        except _NOT_SENT as error:
            raise PlatformUnavailable(
                f"could not connect to {self._platform} ({type(error).__name__})"
            ) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise OutcomeUnknown(f"no clear answer from {self._platform} ({type(error).__name__})") from error

    async def get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Ask for a fact; raises `PlatformUnavailable`."""
        try:
            return await self._ask("GET", path, params=query)
        except (httpx.HTTPError, TimeoutError) as error:
            raise PlatformUnavailable(
                f"{self._platform} could not be asked ({type(error).__name__})"
            ) from error

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        data: Mapping[str, str | list[str]] | None = None,
        json: object = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        async with (
            asyncio.timeout(_TOTAL_S),
            self._http.stream(method, path, data=data, json=json, params=params) as response,
        ):
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > _ANSWER_MAX:
                    raw.clear()
                    break
            return Answer(
                response.status_code, _seconds(response.headers.get("retry-after")), _object(bytes(raw))
            )


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
