"""Step "send": sends, finds and lists the messages of one Twilio sender, on whichever channel."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from connectors.contract import Part

from .api import MessagesApi, Resource
from .settings import TwilioSettings

Form = Mapping[str, str | list[str]]

# Twilio's clock and ours; its times are whole seconds.
_CLOCK_SLACK_S = 5.0


@dataclass(frozen=True, slots=True)
class Received:
    """A message of Twilio's list, its facts named as a webhook names them; `raw` is the list's own entry."""

    fields: Mapping[str, str]
    at: datetime | None
    raw: bytes


class TwilioClient:
    """`key` is the door's; `prefix` stands before every number of its channel, such as `whatsapp:`."""

    def __init__(self, settings: TwilioSettings, *, key: str, prefix: str = "") -> None:
        self._settings = settings
        self._key, self._prefix = key, prefix
        self._api = MessagesApi(settings)

    async def send(self, to: str, part: Part, *, oid: str) -> str:
        """Twilio's id of the message; raises any `SendError`. Must not retry.

        The echo: Twilio repeats StatusCallback's query, and with it our `oid`, in every callback.
        """
        said = await self.form_of(part)
        service, sender = self._settings.is_service, self._settings.sender
        own = ("MessagingServiceSid", sender) if service else ("From", self._prefix + sender)
        callback = {"StatusCallback": self._callback_url(oid)}
        return await self._api.create({"To": self._prefix + to, own[0]: own[1], **said, **callback})

    async def form_of(self, part: Part) -> Form:
        """What a part says, as parameters of a create request."""
        files = [item.ref for item in part.media]
        return {"Body": part.text} | ({"MediaUrl": files} if files else {})

    async def find(self, to: str, part: Part, *, since: float, taken: Collection[str]) -> str | None:
        """Id of the oldest such message to `to` since `since` (epoch s), but for `taken`; or None."""
        earliest = since - _CLOCK_SLACK_S
        found: str | None = None
        async for message in self._api.messages({"To": self._prefix + to, "DateSent>": _day(earliest)}):
            sid = message.get("sid")
            if _is_before(_date(message), earliest):
                break
            if isinstance(sid, str) and sid not in taken and _is_outbound(message) and _says(message, part):
                found = sid
        return found

    async def received(self, since: float) -> Sequence[Received]:
        """Every message to this sender since `since` (epoch s), oldest first; raises `SendError`."""
        query = {"DateSent>": _day(since)}
        if not self._settings.is_service:
            query["To"] = self._prefix + self._settings.sender
        found: list[Received] = []
        async for message in self._api.messages(query):
            at = _date(message)
            if _is_before(at, since - _CLOCK_SLACK_S):
                break
            if message.get("direction") == "inbound" and self._is_ours(message):
                found.append(Received(await self._fields(message), at, json.dumps(message).encode()))
        return found[::-1]

    async def check(self) -> str:
        """One sentence on the account; raises `SendError`."""
        account = await self._api.fetch_account()
        return f"Twilio account is {account.get('status', 'in an unknown state')}"

    async def close(self) -> None:
        await self._api.close()

    def _is_ours(self, message: Resource) -> bool:
        """A service has several numbers, and an account several services and channels."""
        to = str(message.get("to") or "")
        # Every channel but SMS names itself before the number.
        if self._prefix != (to.partition(":")[0] + ":" if ":" in to else ""):
            return False
        return not self._settings.is_service or (
            message.get("messaging_service_sid") == self._settings.sender
        )

    async def _fields(self, message: Resource) -> Mapping[str, str]:
        names = {"MessageSid": "sid", "From": "from", "To": "to", "Body": "body"}
        fields = {theirs: str(message.get(name) or "") for theirs, name in names.items()}
        if str(message.get("num_media") or "0") != "0":
            for index, file in enumerate(await self._api.media(fields["MessageSid"])):
                path = str(file.get("uri") or "").removesuffix(".json")
                fields[f"MediaUrl{index}"] = self._settings.api_url + path
                fields[f"MediaContentType{index}"] = str(file.get("content_type") or "")
        return fields

    def _callback_url(self, oid: str) -> str:
        account = quote(self._settings.account, safe="")
        return f"{self._settings.public_url}/webhooks/{self._key}/{account}?oid={quote(oid, safe='')}"


def _says(message: Resource, part: Part) -> bool:
    """Whether it may be this part. Twilio tells the text alone, and of a template not even ours."""
    body = str(message.get("body") or "")
    if part.template is not None:
        return True
    if part.buttons:  # Made from a template, or with its choices below the text.
        return not body or body.startswith(part.text)
    return body == part.text


def _is_outbound(message: Resource) -> bool:
    return str(message.get("direction", "")).startswith("outbound")


def _date(message: Resource) -> datetime | None:
    """When Twilio made this message; None when that cannot be read."""
    try:
        return parsedate_to_datetime(str(message.get("date_created"))).astimezone(UTC)
    except ValueError:
        return None


def _is_before(at: datetime | None, epoch_s: float) -> bool:
    return at is not None and at.timestamp() < epoch_s


def _day(epoch_s: float) -> str:
    """The list is asked by days, GMT."""
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%d")
