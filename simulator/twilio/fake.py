"""The fake itself: one Twilio account with an SMS number and, when it is given one, a WhatsApp sender."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from simulator.acts import Act, Deed
from simulator.files import StoredFile
from simulator.http import Request, Response
from simulator.platform import Platform
from simulator.posting import SignedWebhook
from simulator.threads import Bubble

from .carrier import ANSWERS, Carrier
from .content import Contents
from .deeds import Said, said_on_sms, said_on_whatsapp, tapped
from .messages import WHATSAPP, HeardMessage, SentMessage, new_sid
from .rest import as_json, created, listed, media_listed, refused, request_of, sms_problem, text_problem
from .webhooks import inbound_fields, sign, sms_fields, status_fields, whatsapp_fields

WINDOW_S = 24 * 3600.0
_TYPING_S = 25.0
_NAME = "Ann Example"
_WHATSAPP_LADDER = ("sent", "delivered", "read")
_MEDIA = re.compile(r"/Messages/(\w+)/Media(?:\.json|/ME(\d+))")


class FakeTwilio(Platform[SentMessage]):
    """Customers are keyed as Twilio names them: `+1555..` on SMS, `whatsapp:+1555..` on WhatsApp."""

    name = "twilio"
    ladder = ("sent", "delivered")
    failing = ("sent", "undelivered")

    def __init__(
        self, *, account_sid: str, auth_token: str, number: str, whatsapp: str = "", **more: Any
    ) -> None:
        super().__init__(**more)
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.number = number
        self.whatsapp = WHATSAPP + whatsapp.removeprefix(WHATSAPP)
        self.carrier = Carrier()
        self.advanced_opt_out = False
        """Whether Twilio answers STOP on WhatsApp, too."""
        self.contents = Contents(account_sid)
        self.heard: list[HeardMessage] = []
        """What customers sent, whether the house heard of it or not."""
        self.windows: dict[str, float] = {}
        """When each customer last wrote on WhatsApp."""
        self.typed: list[str] = []
        """Ids of messages under which the house showed three dots."""

    # -- a customer writes ---------------------------------------------------------------------

    def webhook(
        self, sender: str, text: str, *, media: Sequence[str] = (), sid: str = "", opt_out: str = ""
    ) -> SignedWebhook:
        """The webhook of one text (with pictures at `media`, wherever that is) to our number, signed."""
        files = [(url, "image/jpeg") for url in media]
        return self.signed(sender, Said(text), sid=sid or new_sid("SM"), media=files, opt_out=opt_out)

    def signed(
        self,
        sender: str,
        said: Said,
        *,
        sid: str,
        media: Sequence[tuple[str, str]] = (),
        opt_out: str = "",
        **changed: str,
    ) -> SignedWebhook:
        """Any message as the webhook of its channel; `changed` parameters win."""
        on_whatsapp = sender.startswith(WHATSAPP)
        fields = inbound_fields(
            account_sid=self.account_sid,
            sender=sender,
            to=self.whatsapp if on_whatsapp else self.number,
            text=said.text,
            sid=sid,
            media=media,
            opt_out=opt_out,
        )
        if on_whatsapp:
            fields |= whatsapp_fields(sender, self.names.get(sender, _NAME), said.kind, **said.more)
        else:
            fields |= sms_fields()
        door = "twilio_whatsapp" if on_whatsapp else "twilio_sms"
        return sign(f"{self.house_url}/webhooks/{door}/{self.account}", fields | changed, self.auth_token)

    async def send_sms(self, sender: str, text: str, *, files: Sequence[StoredFile] = ()) -> int:
        """One SMS of a customer; the house's HTTP status, 0 when it was not there. STOP is heard."""
        return await self.send(sender, Said(text, tuple(files)))

    async def send_whatsapp(self, sender: str, said: str | Said, **changed: str) -> int:
        """One WhatsApp message of a customer, which opens the window; the house's status, 0 for none."""
        key = WHATSAPP + sender.removeprefix(WHATSAPP)
        return await self.send(key, Said(said) if isinstance(said, str) else said, **changed)

    async def tap(self, message: SentMessage, number: int) -> int:
        """Tap the `number`th choice (from 1) under a message."""
        return await self.send(message.to, tapped(message, message.choices[number - 1].id))

    async def send(self, key: str, said: Said, **changed: str) -> int:
        """One message of a customer on either channel; the house's status, 0 when it was not there."""
        sid = new_sid("MM" if said.files else "SM")
        thread, on_whatsapp = self.thread(key), key.startswith(WHATSAPP)
        bubble = thread.add(said.bubble(sid))
        if on_whatsapp:
            self.windows[key] = self.clock()
            thread.window_until = self.clock() + WINDOW_S
        opt_out = self.carrier.hear(key, said.text) if not on_whatsapp or self.advanced_opt_out else ""
        if opt_out:
            self.say_as_carrier(key, ANSWERS[opt_out])
            thread.shut = "stopped" if key in self.carrier.opted_out else ""
        to = self.whatsapp if on_whatsapp else self.number
        at = datetime.fromtimestamp(self.clock(), UTC)
        self.heard.append(HeardMessage(key, to, said.text, sid, said.files, at))
        media = [(f"{self.api_url}{self._media_path(sid, file)}", file.content_type) for file in said.files]
        webhook = self.signed(key, said, sid=sid, media=media, opt_out=opt_out, **changed)
        return await self.deliver(webhook, about=key, bubble=bubble)

    async def perform(self, key: str, act: Act) -> int:
        if not key.startswith(WHATSAPP):
            return await self.send(key, said_on_sms(act, self.files))
        if act.do in (Deed.BLOCK, Deed.UNBLOCK):
            # Twilio tells the house nothing of it, but refuses what is sent.
            self.thread(key).shut = "blocked" if act.do is Deed.BLOCK else ""
            return 0
        return await self.send(key, said_on_whatsapp(act, self.files, self.sent))

    # -- the house answers ---------------------------------------------------------------------

    async def api(self, request: Request) -> Response:
        """The hosts of Twilio that the house uses, all on one."""
        if request.path.startswith("/files/"):
            return self.files.answer(request.path.removeprefix("/files/"))
        folder = f"/2010-04-01/Accounts/{self.account_sid}"
        known = ("/v1/Content", "/v2/Indicators/Typing.json", folder)
        if not request.path.startswith(known):
            return refused(404, 20404)
        if not self._knows(request.headers.get("authorization", "")):
            return refused(401, 20003)
        if request.path.startswith("/v1/Content"):
            return self.contents.answer(request)
        if request.path.startswith("/v2/"):
            return await self._show_typing(request)
        return await self._of_account(request, request.path.removeprefix(folder))

    async def _of_account(self, request: Request, path: str) -> Response:
        match request.method, path:
            case "POST", "/Messages.json":
                return await self._create(request)
            case "GET", "/Messages.json":
                return listed(self.account_sid, [*self.sent, *self.heard], request.query)
            case "GET", ".json":
                return as_json({"status": "active"})
        found = _MEDIA.fullmatch(path)
        message = next((one for one in self.heard if found and one.sid == found[1]), None)
        if request.method != "GET" or found is None or message is None:
            return refused(404, 20404)
        if found[2] is None:
            return media_listed(self.account_sid, message)
        # As from Twilio's own store: whoever has this address may read it.
        return Response(307, headers={"location": f"{self.api_url}/files/{found[2]}"})

    async def _create(self, request: Request) -> Response:
        self.requests += 1
        message, said = request_of(request.body)
        if message.is_whatsapp or message.sender.startswith(WHATSAPP):
            problem = self._whatsapp_problem(message, said)
        else:
            problem = sms_problem(message, self.number, self.carrier.opted_out)
        if problem:
            return refused(400, problem)
        if wait_s := self.paces.wait_s(message.to):
            return self.too_many(wait_s)
        fault = self.faults.next()
        return self.refusal(fault) or await self.take(message, fault, created(self.account_sid, message))

    def _whatsapp_problem(self, message: SentMessage, said: Mapping[str, str]) -> int:
        """What is refused at once; the rest is known only when WhatsApp is asked."""
        if message.sender != self.whatsapp:
            return 63007
        if not message.is_whatsapp:
            return 21211
        if message.to in self.carrier.opted_out:
            return 21610
        if message.template:
            problem = self.contents.fill(message, said.get("ContentVariables", ""))
        else:
            problem = text_problem(message)
        if not problem:
            message.error_code = self._later_problem(message)
        return problem

    def _later_problem(self, message: SentMessage) -> int | None:
        """The code under which WhatsApp will not deliver it."""
        if self.thread(message.to).shut == "blocked":
            return 63014
        template = self.contents.templates.get(message.template)
        late = self.clock() - self.windows.get(message.to, 0.0) > WINDOW_S
        return 63016 if late and not (template and template.approved) else None

    async def _show_typing(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        message = next((one for one in self.heard if one.sid == form.get("messageId")), None)
        if form.get("channel") != "whatsapp" or message is None or not message.sender.startswith(WHATSAPP):
            return refused(400, 20001)
        self.typed.append(message.sid)
        thread = self.thread(message.sender)
        thread.was_read(message.sid)
        thread.typing_until = self.clock() + _TYPING_S
        await self.changed(message.sender)
        return as_json({"success": True})

    def bubble_of(self, message: SentMessage) -> tuple[str, Bubble]:
        return message.to, message.bubble()

    def states_of(self, message: SentMessage) -> Sequence[str]:
        if message.error_code:
            return ("failed",)
        return _WHATSAPP_LADDER if message.is_whatsapp else self.ladder

    def status_webhook(self, message: SentMessage, state: str) -> SignedWebhook | None:
        if not message.callback:
            return None
        return sign(message.callback, status_fields(self.account_sid, message, state), self.auth_token)

    def record(self, message: SentMessage) -> dict[str, Any]:
        return message.resource(self.account_sid) | {
            "id": message.sid,
            "text": message.body,
            "oid": message.oid,
            "choices": [choice.label for choice in message.choices],
            "template": message.template,
        }

    def too_many(self, wait_s: float) -> Response:
        return refused(429, 20429, {"retry-after": f"{wait_s:g}"})

    def unauthorised(self) -> Response:
        return refused(401, 20003)

    def refused_with(self, code: int) -> Response:
        return refused(400, code)

    def _media_path(self, sid: str, file: StoredFile) -> str:
        return f"/2010-04-01/Accounts/{self.account_sid}/Messages/{sid}/Media/ME{file.id}"

    def _knows(self, authorization: str) -> bool:
        login = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        return hmac.compare_digest(authorization.encode(), f"Basic {login}".encode())
