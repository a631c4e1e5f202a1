"""Step "send": this door's only platform I/O."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import replace

from connectors._shared.degrade import degrade
from connectors._shared.rest import RestApi
from connectors._shared.twilio.api import refusal, rest_api
from connectors._shared.twilio.client import Form, TwilioClient
from connectors.contract import Buttons, Marks, OutboundMessage, Part, PlatformUnavailable, SendError

from . import content
from .capabilities import CAPABILITIES
from .parse import KEY
from .settings import PREFIX, Settings

_MESSAGE_ID = re.compile(r"(?:SM|MM)[0-9a-f]{32}", re.IGNORECASE)
_UNKNOWN_TEMPLATE = "21655"
_MAKE_S = 6.0
"""Longer than this no message waits for a template."""
_PAUSE_S = 60.0
"""After a template could not be made, choices go as numbered lines for so long."""
_AS_LINES = replace(CAPABILITIES, buttons=Buttons.NUMBERED_TEXT, marks=Marks.NONE)


class Client(TwilioClient):
    """Sends, finds and lists messages of one WhatsApp sender. `clock` is any clock of seconds."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(settings, key=KEY, prefix=PREFIX)
        self._content_api: RestApi = rest_api(settings, settings.content_api_url)
        self._messaging_api: RestApi = rest_api(settings, settings.messaging_api_url)
        self._made: dict[str, str] = {}
        """Ids of templates by name, for as long as this process lives: making one twice is harmless."""
        self._clock, self._makes_from = clock, 0.0

    async def send(self, to: str, part: Part, *, oid: str) -> str:
        try:
            return await super().send(to, part, oid=oid)
        except SendError as error:
            if error.code != _UNKNOWN_TEMPLATE or part.template is not None or not part.buttons:
                raise
            # Somebody deleted ours: surely not sent, and the next try makes it anew.
            self._made.clear()
            raise PlatformUnavailable(str(error), code=error.code) from error

    async def form_of(self, part: Part) -> Form:
        if part.template is not None:
            filled = {"ContentVariables": content.variables(part.template.variables)}
            return {"ContentSid": part.template.name} | (filled if part.template.variables else {})
        if not part.buttons:
            return await super().form_of(part)
        template = await self._template_for(part)
        if template is None:
            return {"Body": _as_lines(part)}
        return {"ContentSid": template, "ContentVariables": content.variables_of(part)}

    async def show_typing(self, message_id: str) -> None:
        """Mark a message read and show three dots until the answer, or 25 s; raises `SendError`.

        A public beta (twilio.com/docs/whatsapp/api/typing-indicators-resource, read 2026-11).
        """
        if not _MESSAGE_ID.fullmatch(message_id):
            return
        form: Form = {"messageId": message_id, "channel": "whatsapp"}
        answer = await self._messaging_api.post("/v2/Indicators/Typing.json", form=form)
        if not 200 <= answer.status < 300:
            raise refusal(answer)

    async def close(self) -> None:
        await super().close()
        await self._content_api.close()
        await self._messaging_api.close()

    async def _template_for(self, part: Part) -> str | None:
        """Its id, made on first use; None when it cannot be: no choice is lost, it goes in words."""
        wanted = content.template_of(part)
        name = str(wanted["friendly_name"])
        if name in self._made:
            return self._made[name]
        if not content.is_showable(part) or self._clock() < self._makes_from:
            return None
        try:
            async with asyncio.timeout(_MAKE_S):
                self._made[name] = await self._make(wanted)
        except (SendError, TimeoutError):
            self._makes_from = self._clock() + _PAUSE_S
            return None
        return self._made[name]

    async def _make(self, wanted: content.Json) -> str:
        answer = await self._content_api.post("/v1/Content", body=wanted)
        made = answer.body.get("sid")
        if 200 <= answer.status < 300 and isinstance(made, str) and made:
            return made
        raise refusal(answer)


def _as_lines(part: Part) -> str:
    """The text with its choices numbered below it; both are short enough for one message."""
    (line,) = degrade(OutboundMessage(part.text, part.buttons), _AS_LINES)
    return line.text
