"""Fetches a file from a platform: checked hosts and addresses, redirects followed by hand, within limits."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from connectors.contract import MediaSource

from .faults import Lost, Unavailable
from .guard import Resolve, Target, addresses, check_url, resolve

_TIMEOUT = httpx.Timeout(connect=5.0, read=15.0, write=15.0, pool=5.0)
_REDIRECTS_MAX = 3
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Body:
    """A file on its way. `length` in bytes, where the platform says."""

    chunks: AsyncIterator[bytes]
    length: int | None


class Fetcher:
    """Fetches files. `total_s`: for one file, from the first look-up of a name to its last byte."""

    def __init__(self, *, resolve: Resolve = resolve, total_s: float = 120.0) -> None:
        self._resolve = resolve
        self._total_s = total_s
        self._tls: ssl.SSLContext | None = None

    @asynccontextmanager
    async def open(self, source: MediaSource) -> AsyncIterator[Body]:
        """The file, while the block runs.

        Raises:
            Refused: its address, or one it was redirected to, is not allowed.
            Unavailable: no answer, a passing fault, or too slow.
            Lost: the platform will not have it again.
        """
        try:
            async with asyncio.timeout(self._total_s), self._follow(source) as response:
                yield Body(response.aiter_raw(65_536), _length(response))
        except TimeoutError:
            raise Unavailable("The platform was too slow with it.") from None
        except httpx.HTTPError:  # its text may hold the address, and that a token
            raise Unavailable("The platform could not be reached, or broke off.") from None

    @asynccontextmanager
    async def _follow(self, source: MediaSource) -> AsyncIterator[httpx.Response]:
        url = source.url
        for hop in range(_REDIRECTS_MAX + 1):
            target = check_url(url, source.hosts)
            mine = hop == 0 and bool(source.hosts) and target.netloc == source.hosts[0]
            async with self._ask(url, target, source.headers if mine else {}) as response:
                if response.status_code not in _MOVED:
                    _check(response)
                    yield response
                    return
                url = urljoin(url, response.headers.get("location", ""))
        raise Lost("The platform sent us from one address to the next without end.")

    @asynccontextmanager
    async def _ask(
        self, url: str, target: Target, headers: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """One request to an address that was checked: the name is not looked up again."""
        last: Exception | None = None
        for address in await addresses(target, self._resolve):
            request_url = httpx.URL(url).copy_with(host=address)
            async with httpx.AsyncClient(
                timeout=_TIMEOUT, trust_env=False, verify=self._certificates(target), follow_redirects=False
            ) as http:
                request = http.build_request(
                    "GET",
                    request_url,
                    headers={
                        **headers,
                        "Host": target.netloc,
                        "Accept-Encoding": "identity",
                        "User-Agent": "onethread",
                    },
                    extensions={"sni_hostname": target.host},
                )
                try:
                    response = await http.send(request, stream=True)
                except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                    last = error
                    continue
                try:
                    yield response
                finally:
                    await response.aclose()
                return
        raise last or Unavailable("The platform could not be reached.")

    def _certificates(self, target: Target) -> ssl.SSLContext | bool:
        if target.scheme == "http":
            return False  # reading the certificates of the world takes a while
        self._tls = self._tls or httpx.create_ssl_context()
        return self._tls


def _length(response: httpx.Response) -> int | None:
    said = response.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else None


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status == 410:
        raise Lost("The platform does not have it any more.")
    if status in (401, 403):
        raise Unavailable("The platform did not let us have it.")
    if status == 404:
        raise Unavailable("The platform does not have it.")
    if status != 200:
        raise Unavailable(f"The platform answered {status}.")
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise Lost("The platform sent it packed, though it was asked not to.")
