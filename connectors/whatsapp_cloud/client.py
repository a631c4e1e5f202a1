"""Step "send": this door's only platform I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from connectors._shared.rest import Answer, RestApi
from connectors.contract import Address, Final, MediaSource, Part, SendError, Template

from .capabilities import CAPABILITIES
from .errors import send_error
from .media import source
from .people import is_user_id
from .settings import Settings

_VERSION = "v24.0"
_NO_SUCH_OBJECT = "100"
_HAS_VERSION = re.compile(r"/v\d+\.\d+$")

Json = dict[str, object]


class Client:
    """Sends from one WhatsApp number."""

    def __init__(self, settings: Settings) -> None:
        base = settings.api_url
        self._settings = settings
        self._number = f"/{settings.phone_number_id}"
        self._digits = ""
        token = settings.access_token.get_secret_value()
        self._rest = RestApi(
            "Meta",
            base if _HAS_VERSION.search(base) else f"{base}/{_VERSION}",
            headers={"Authorization": f"Bearer {token}"},
        )

    async def send(self, to: Address, part: Part, *, oid: str) -> str:
        """Meta's id of the message; raises any `SendError`. Must not retry.

        The echo: Meta repeats `biz_opaque_callback_data`, and so our `oid`, in every status.
        """
        answer = await self._rest.post(
            f"{self._number}/messages",
            body={
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                **_recipient(to),
                **_content(part),
                "biz_opaque_callback_data": oid,
            },
        )
        if (message_id := _message_id(answer)) is not None:
            return message_id
        raise _refusal(answer)

    async def show_typing(self, message_id: str) -> None:
        """Mark a message read and show three dots until the answer, or 25 s; raises `SendError`."""
        answer = await self._rest.post(
            f"{self._number}/messages",
            body={
                "messaging_product": "whatsapp",
                "status": "read",
                "message_id": message_id,
                "typing_indicator": {"type": "text"},
            },
        )
        if answer.status != 200:
            raise _refusal(answer)

    async def locate(self, media_id: str) -> MediaSource:
        """Where a file can be fetched now; raises `SendError`."""
        answer = await self._rest.get(f"/{quote(media_id, safe='')}", {})
        if answer.status in (400, 404) and _code(answer) == _NO_SUCH_OBJECT:
            raise Final("Meta does not have the file any more")
        if answer.status != 200:
            raise _refusal(answer)
        return source(answer, self._settings)

    async def number(self) -> str:
        """Our phone number, digits only, asked for once; raises `SendError`."""
        if not self._digits:
            answer = await self._rest.get(self._number, {"fields": "display_phone_number"})
            if answer.status != 200:
                raise _refusal(answer)
            self._digits = re.sub(r"\D", "", str(answer.body.get("display_phone_number") or ""))
        return self._digits

    async def check(self) -> str:
        """One sentence on the number; raises `SendError`."""
        answer = await self._rest.get(
            self._number, {"fields": "display_phone_number,verified_name,quality_rating"}
        )
        if answer.status != 200 or not answer.body.get("id"):
            raise _refusal(answer)
        quality = str(answer.body.get("quality_rating") or "unknown").lower()
        return f"WhatsApp number is there, its quality is {quality}"

    async def close(self) -> None:
        await self._rest.close()


def _recipient(to: Address) -> Json:
    """The phone number where we know one: not every message may go to a business's own id of a person."""
    if is_user_id(to.key) and not to.phone:
        return {"recipient": to.key}
    return {"to": to.phone.removeprefix("+") if to.phone else to.key}


def _content(part: Part) -> Json:
    if part.template:
        return {"type": "template", "template": _template(part.template)}
    if part.media:
        item = part.media[0]
        kind = _kind(item.content_type)
        file: Json = {"link": item.ref}
        if part.text:
            file["caption"] = part.text
        if kind == "document" and item.file_name:
            file["filename"] = item.file_name
        return {"type": kind, kind: file}
    if part.buttons:
        return {"type": "interactive", "interactive": _choices(part)}
    return {"type": "text", "text": {"body": part.text, "preview_url": False}}


def _kind(content_type: str) -> str:
    """What Meta calls a file of this content type."""
    if content_type in ("image/jpeg", "image/png"):
        return "image"
    if content_type in ("video/mp4", "video/3gpp"):
        return "video"
    return "audio" if content_type.startswith("audio/") else "document"


def _template(template: Template) -> Json:
    """Meta's documentation, "Send message templates", read 2026-11: {{1}}, {{2}} .. of the body, in order."""
    sent: Json = {"name": template.name, "language": {"code": template.language}}
    if template.variables:
        parameters = [{"type": "text", "text": variable} for variable in template.variables]
        sent["components"] = [{"type": "body", "parameters": parameters}]
    return sent


def _choices(part: Part) -> Json:
    body = {"text": part.text}
    if len(part.buttons) <= CAPABILITIES.buttons_max:
        replies = [
            {"type": "reply", "reply": {"id": button.tap, "title": button.title}} for button in part.buttons
        ]
        return {"type": "button", "body": body, "action": {"buttons": replies}}
    rows = [{"id": button.tap, "title": button.title} for button in part.buttons]
    # What opens the list needs a label, and numbers are the same in every language.
    label = f"1-{len(rows)}"
    return {"type": "list", "body": body, "action": {"button": label, "sections": [{"rows": rows}]}}


def _message_id(answer: Answer) -> str | None:
    messages = answer.body.get("messages")
    if not 200 <= answer.status < 300 or not isinstance(messages, list) or not messages:
        return None
    found = messages[0].get("id") if isinstance(messages[0], dict) else None
    return found if isinstance(found, str) and found else None


def _refusal(answer: Answer) -> SendError:
    return send_error(
        answer.status, _code(answer), answer.retry_after, subcode=_error(answer).get("error_subcode")
    )


def _code(answer: Answer) -> str | None:
    code = _error(answer).get("code")
    return str(code) if isinstance(code, int | str) and code != "" else None


def _error(answer: Answer) -> Mapping[str, object]:
    error = answer.body.get("error")
    return error if isinstance(error, dict) else {}
