"""Step "send": this door's only platform I/O."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from connectors._shared.twilio.api import MessagesApi
from connectors.contract import Part

from .settings import Settings

# Twilio's clock and ours; its times are whole seconds.
_CLOCK_SLACK_S = 5.0


class Client:
    """Sends and finds SMS of one Twilio number."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._api = MessagesApi(
            settings.api_url, settings.account_sid, settings.auth_token.get_secret_value()
        )

    async def send(self, to: str, part: Part, *, oid: str) -> str:
        """Twilio's id of the message; raises any `SendError`. Must not retry.

        The echo: Twilio repeats StatusCallback's query, and with it our `oid`, in every callback.
        """
        form: dict[str, str | list[str]] = {
            "To": to,
            "Body": part.text,
            "StatusCallback": self._callback_url(oid),
        }
        service = self._settings.sender.startswith("MG")
        form["MessagingServiceSid" if service else "From"] = self._settings.sender
        if part.media:
            form["MediaUrl"] = [item.ref for item in part.media]
        return await self._api.create(form)

    async def find(self, to: str, part: Part, *, since: float, taken: Collection[str]) -> str | None:
        """Id of the oldest message of this text to `to` since `since` (epoch s), but for `taken`; or None."""
        day = datetime.fromtimestamp(since - _CLOCK_SLACK_S, UTC).strftime("%Y-%m-%d")
        for message in reversed(await self._api.list_messages(to=to, on_or_after=day)):
            sid, created = message.get("sid"), message.get("date_created")
            if (
                isinstance(sid, str)
                and sid not in taken
                and message.get("body") == part.text
                and str(message.get("direction", "")).startswith("outbound")
                and _epoch(created) >= since - _CLOCK_SLACK_S
            ):
                return sid
        return None

    async def check(self) -> str:
        """One sentence on the account; raises `SendError`."""
        account = await self._api.fetch_account()
        return f"Twilio account is {account.get('status', 'in an unknown state')}"

    async def close(self) -> None:
        await self._api.close()

    def _callback_url(self, oid: str) -> str:
        account = quote(self._settings.account, safe="")
        return f"{self._settings.public_url}/webhooks/twilio_sms/{account}?oid={quote(oid, safe='')}"


def _epoch(rfc2822: object) -> float:
    """Epoch seconds of Twilio's date; the far past when it cannot be read."""
    try:
        return parsedate_to_datetime(str(rfc2822)).timestamp()
    except ValueError:
        return 0.0
