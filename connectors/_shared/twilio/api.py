"""Step "send": Twilio's Messages resource, every outcome said in the contract's words."""

from __future__ import annotations

from collections.abc import Mapping

from connectors._shared.rest import RestApi
from connectors.contract import CredentialsRejected, PlatformUnavailable, RateLimited

from .errors import send_error


class MessagesApi:
    """One Twilio account's REST side."""

    def __init__(self, base_url: str, account_sid: str, auth_token: str) -> None:
        self._folder = f"/2010-04-01/Accounts/{account_sid}"
        self._rest = RestApi("Twilio", base_url, auth=(account_sid, auth_token))

    async def create(self, form: Mapping[str, str | list[str]]) -> str:
        """Create a message and return Twilio's id of it.

        Raises any `SendError`; `OutcomeUnknown` whenever Twilio may have taken the message.
        """
        answer = await self._rest.post(f"{self._folder}/Messages.json", form=form)
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
        await self._rest.close()

    async def _read(self, path: str, query: Mapping[str, str]) -> Mapping[str, object]:
        answer = await self._rest.get(self._folder + path, query)
        if answer.status == 200:
            return answer.body
        refusal = send_error(answer.status, _code(answer.body), answer.retry_after)
        if isinstance(refusal, CredentialsRejected | RateLimited):
            raise refusal
        raise PlatformUnavailable(str(refusal), code=refusal.code)


def _code(body: Mapping[str, object]) -> str | None:
    code = body.get("code")
    return str(code) if isinstance(code, int | str) and code else None
