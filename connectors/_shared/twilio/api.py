"""Step "send": Twilio's Messages resource over HTTP, every outcome said in the contract's words.

Limits on our side: connect 5 s, read 15 s, 20 s in all, answers cut at 1 MB.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from connectors.contract import CredentialsRejected, OutcomeUnknown, PlatformUnavailable, RateLimited

from .errors import send_error

_TIMEOUT = httpx.Timeout(connect=5.0, read=15.0, write=15.0, pool=5.0)
_TOTAL_S = 20.0
_ANSWER_MAX = 1_000_000
# Nothing of the request has left when one of these is raised.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    retry_after: float | None
    body: Mapping[str, object]


class MessagesApi:
    """One Twilio account's REST side."""

    def __init__(self, base_url: str, account_sid: str, auth_token: str) -> None:
        self._folder = f"/2010-04-01/Accounts/{account_sid}"
        base = urlsplit(base_url)
        self._http = httpx.AsyncClient(
            base_url=base_url,
            auth=(account_sid, auth_token),
            timeout=_TIMEOUT,
            # A proxy is for the world, not for a fake platform on this machine.
            trust_env=base.hostname not in ("127.0.0.1", "::1", "localhost"),
            # Reading the certificates of the world takes a while; a plain-HTTP fake needs none.
            verify=base.scheme != "http",
            headers={"Accept-Encoding": "identity", "User-Agent": "onethread"},
            limits=httpx.Limits(max_connections=64, keepalive_expiry=4.0),
        )

    async def create(self, form: Mapping[str, str | list[str]]) -> str:
        """Create a message and return Twilio's id of it.

        Raises any `SendError`; `OutcomeUnknown` whenever Twilio may have taken the message.
        """
        try:
            answer = await self._ask("POST", "/Messages.json", data=form)
        except _NOT_SENT as error:
            raise PlatformUnavailable(f"could not connect to Twilio ({type(error).__name__})") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise OutcomeUnknown(f"no clear answer from Twilio ({type(error).__name__})") from error
        sid = answer.body.get("sid")
        if 200 <= answer.status < 300 and isinstance(sid, str) and sid:
            return sid
        raise send_error(answer.status, _code(answer.body), answer.retry_after)

    async def list_messages(self, *, to: str, on_or_after: str) -> list[Mapping[str, object]]:
        """The newest messages to a number since a day (`YYYY-MM-DD`, GMT), newest first."""
        query = {"To": to, "DateSent>": on_or_after, "PageSize": "200"}
        body = await self._read("/Messages.json", query)
        found = body.get("messages")
        if not isinstance(found, list):
            raise PlatformUnavailable("Twilio's list of messages could not be read")
        return [item for item in found if isinstance(item, dict)]

    async def fetch_account(self) -> Mapping[str, object]:
        """The account's own resource; raises `SendError`."""
        return await self._read(".json", {})

    async def close(self) -> None:
        await self._http.aclose()

    async def _read(self, path: str, query: Mapping[str, str]) -> Mapping[str, object]:
        try:
            answer = await self._ask("GET", path, params=query)
        except (httpx.HTTPError, TimeoutError) as error:
            raise PlatformUnavailable(f"Twilio could not be asked ({type(error).__name__})") from error
        if answer.status == 200:
            return answer.body
        refusal = send_error(answer.status, _code(answer.body), answer.retry_after)
        if isinstance(refusal, CredentialsRejected | RateLimited):
            raise refusal
        raise PlatformUnavailable(str(refusal), code=refusal.code)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        data: Mapping[str, str | list[str]] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> _Answer:
        async with (
            asyncio.timeout(_TOTAL_S),
            self._http.stream(method, self._folder + path, data=data, params=params) as response,
        ):
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > _ANSWER_MAX:
                    raw.clear()
                    break
            return _Answer(
                response.status_code, _seconds(response.headers.get("retry-after")), _object(bytes(raw))
            )


def _object(raw: bytes) -> Mapping[str, object]:
    """The JSON object of an answer; empty for HTML, nothing at all, or anything else."""
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _code(body: Mapping[str, object]) -> str | None:
    code = body.get("code")
    return str(code) if isinstance(code, int | str) and code else None


def _seconds(header: str | None) -> float | None:
    """`Retry-After` in seconds; its date form is not used by Twilio and counts as unsaid."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
