"""Step "send": Twilio's Messages resource, every outcome said in the contract's words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from connectors._shared.rest import Answer, RestApi
from connectors.contract import CredentialsRejected, PlatformUnavailable, RateLimited, SendError

from .errors import send_error
from .settings import TwilioSettings

Resource = Mapping[str, object]
_PAGE = "200"


class MessagesApi:
    """One Twilio account's REST side."""

    def __init__(self, settings: TwilioSettings) -> None:
        self._folder = f"/2010-04-01/Accounts/{settings.account_sid}"
        self._rest = rest_api(settings, settings.api_url)

    async def create(self, form: Mapping[str, str | list[str]]) -> str:
        """Create a message and return Twilio's id of it.

        Raises any `SendError`; `OutcomeUnknown` whenever Twilio may have taken the message.
        """
        answer = await self._rest.post(f"{self._folder}/Messages.json", form=form)
        sid = answer.body.get("sid")
        if 200 <= answer.status < 300 and isinstance(sid, str) and sid:
            return sid
        raise refusal(answer)

    async def messages(self, query: Mapping[str, str]) -> AsyncIterator[Resource]:
        """The account's messages that fit `query`, newest first, page after page as they are wanted."""
        path, asked = f"{self._folder}/Messages.json", {**query, "PageSize": _PAGE}
        while path:
            body = await self._read(path, asked)
            for message in _listed(body, "messages"):
                yield message
            after = urlsplit(str(body.get("next_page_uri") or ""))
            following = dict(parse_qsl(after.query, keep_blank_values=True))
            # A page that leads back to itself, or out of the account, is the last.
            path = after.path if after.path.startswith(self._folder) and following != asked else ""
            asked = following

    async def media(self, message_sid: str) -> list[Resource]:
        """The files of a message."""
        body = await self._read(f"{self._folder}/Messages/{message_sid}/Media.json", {})
        return _listed(body, "media_list")

    async def fetch_account(self) -> Resource:
        """The account's own resource; raises `SendError`."""
        return await self._read(f"{self._folder}.json", {})

    async def close(self) -> None:
        await self._rest.close()

    async def _read(self, path: str, query: Mapping[str, str]) -> Resource:
        answer = await self._rest.get(path, query)
        if answer.status == 200:
            return answer.body
        error = refusal(answer)
        if isinstance(error, CredentialsRejected | RateLimited):
            raise error
        raise PlatformUnavailable(str(error), code=error.code)


def rest_api(settings: TwilioSettings, url: str) -> RestApi:
    """One of Twilio's hosts with this account's credentials."""
    return RestApi("Twilio", url, auth=(settings.account_sid, settings.auth_token.get_secret_value()))


def refusal(answer: Answer) -> SendError:
    """The error of a request that Twilio did not do."""
    code = answer.body.get("code")
    return send_error(
        answer.status, str(code) if isinstance(code, int | str) and code else None, answer.retry_after
    )


def _listed(body: Resource, name: str) -> list[Resource]:
    found = body.get(name)
    if not isinstance(found, list):
        raise PlatformUnavailable("Twilio's list could not be read")
    return [item for item in found if isinstance(item, dict)]
