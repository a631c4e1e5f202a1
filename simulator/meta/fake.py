"""The fake itself: one Meta app with one WhatsApp number."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from simulator.acts import Act, Deed
from simulator.http import Request, Response
from simulator.platform import Platform, cannot
from simulator.posting import Patience, SignedWebhook
from simulator.threads import Bubble, Thread

from .deeds import CHANGES, PLAIN, file_content, own_bubble, tap_content, text_content
from .media import located, uploaded
from .messages import SentMessage, new_id
from .rules import WINDOW_S, problem_of, refused
from .webhooks import batch, message_value, sign, status_value

_PATH = re.compile(r"/v\d+\.\d+/(\d+)(?:/(messages|media))?")
_FILE = re.compile(r"/files/(\d+)")
_TYPING_S = 25.0
_NAME = "Ann Example"


class FakeMeta(Platform[SentMessage]):
    """Customers are keyed by number with plus, or by their id of this business."""

    name = "meta"
    ladder = ("sent", "delivered", "read")
    failing = ("sent", "failed")
    # Repeated "with decreasing frequency" for up to seven days, says Meta; the waits are ours.
    patience = Patience(first_s=1.0, factor=3.0, longest_s=12 * 3600.0, gives_up_s=7 * 24 * 3600.0)

    def __init__(self, *, phone_number_id: str, access_token: str, app_secret: str, **more: Any) -> None:
        super().__init__(**more)
        self.phone_number_id = phone_number_id
        self.access_token = access_token
        self.app_secret = app_secret
        self.read: list[str] = []
        """Ids of messages the house marked as read, with three dots under them."""
        self.windows: dict[str, float] = {}
        """When each person last wrote, by number without plus or id."""
        self.blocked: set[str] = set()
        """Who lets nothing through; Meta takes such a message and never reports its arrival."""

    @property
    def webhook_url(self) -> str:
        """What the app is subscribed with."""
        return f"{self.house_url}/webhooks/whatsapp_cloud/{self.account}"

    # -- a customer writes ---------------------------------------------------------------------

    def webhook(
        self,
        sender: str,
        said: str | Mapping[str, object],
        *,
        message_id: str = "",
        name: str = "",
    ) -> SignedWebhook:
        """The webhook of one message, signed; `said` is a text, or a message's type and content."""
        name = name or self.names.get(sender, _NAME)
        value = message_value(sender, _content(said), message_id=message_id or new_id(), name=name)
        return self.signed(batch(self.phone_number_id, [value]))

    def signed(self, payload: object) -> SignedWebhook:
        """Any payload as a webhook of this app."""
        return sign(self.webhook_url, payload, self.app_secret)

    async def send(self, sender: str, said: str | Mapping[str, object], *, name: str = "") -> int:
        """One message of a customer, which opens the window; the house's first status, 0 for none."""
        content, message_id = _content(said), new_id()
        self.windows[sender.removeprefix("+")] = self.clock()
        thread = self.thread(sender)
        thread.window_until = self.clock() + WINDOW_S
        webhook = self.webhook(sender, content, message_id=message_id, name=name)
        if content["type"] in CHANGES:
            return await self.deliver(webhook, about=sender)
        bubble = thread.add(own_bubble(message_id, content))
        return await self.deliver(webhook, about=sender, bubble=bubble)

    async def tap(self, sender: str, message: SentMessage, number: int) -> int:
        """Tap the `number`th choice (from 1) under a message."""
        return await self.send(sender, tap_content(message, message.choices[number - 1][0]))

    async def perform(self, key: str, act: Act) -> int:
        thread = self.thread(key)
        match act.do:
            case Deed.BLOCK | Deed.UNBLOCK:
                return self._shut(thread, blocked=act.do is Deed.BLOCK)
            case Deed.TAP:
                message = next((item for item in self.sent if item.id == act.bubble), None)
                if message is None:
                    raise cannot(act, "a message that was never sent")
                return await self.send(key, tap_content(message, act.choice))
            case Deed.MEDIA | Deed.STICKER:
                return await self.send(key, file_content(self.files.take(act.file), act))
        if act.do in (Deed.REACTION, Deed.EDIT, Deed.REVOKE):
            thread.find(act.bubble).change(act)
        return await self.send(key, PLAIN[act.do](act))

    def _shut(self, thread: Thread, *, blocked: bool) -> int:
        """Meta tells the house nothing of it."""
        (self.blocked.add if blocked else self.blocked.discard)(thread.key)
        thread.shut = "blocked" if blocked else ""
        return 0

    # -- the house answers ---------------------------------------------------------------------

    async def api(self, request: Request) -> Response:
        """The Graph API of one number."""
        if not self._knows(request.headers.get("authorization", "")):
            known = _PATH.fullmatch(request.path) or _FILE.fullmatch(request.path)
            return refused(401, 190) if known else refused(404, 100)
        if file := _FILE.fullmatch(request.path):
            return self.files.answer(file[1])
        match = _PATH.fullmatch(request.path)
        if match is None:
            return refused(404, 100)
        if request.method == "GET" and not match[2] and match[1] != self.phone_number_id:
            return located(self.files, match[1], self.api_url)
        if match[1] != self.phone_number_id:
            return refused(400, 100, subcode=33)
        return await self._of_number(request, match[2] or "")

    async def _of_number(self, request: Request, what: str) -> Response:
        match request.method, what:
            case "GET", "":
                about = {"id": self.phone_number_id, "verified_name": "Shop", "quality_rating": "GREEN"}
                about["display_phone_number"] = "+1 555-000-9000"
                return Response(body=json.dumps(about).encode(), content_type="application/json")
            case "POST", "media":
                return uploaded(self.files, request)
            case "POST", "messages":
                return await self._create(request)
            case _:
                return refused(400, 100)

    async def _create(self, request: Request) -> Response:
        try:
            said: Any = json.loads(request.body)
        except ValueError:
            return refused(400, 100)
        if not isinstance(said, dict):
            return refused(400, 100)
        if said.get("status") == "read":
            return await self._mark_read(said)
        self.requests += 1
        message = SentMessage(str(said.get("to") or said.get("recipient") or "").removeprefix("+"), said)
        if problem := problem_of(said) or self._closed(message) or self._too_fast(message):
            return refused(400, problem)
        fault = self.faults.next()
        return self.refusal(fault) or await self.take(message, fault, _taken(message))

    def _too_fast(self, message: SentMessage) -> int:
        """131056 when this pair's pace is minded and passed."""
        return 131056 if self.paces.wait_s(message.to) else 0

    def _closed(self, message: SentMessage) -> int:
        """131047 when only a template may be sent."""
        late = self.clock() - self.windows.get(message.to, 0.0) > WINDOW_S
        return 131047 if late and message.kind != "template" else 0

    async def _mark_read(self, said: Mapping[str, Any]) -> Response:
        message_id = str(said.get("message_id"))
        self.read.append(message_id)
        for key, thread in self.threads.items():
            if any(bubble.id == message_id for bubble in thread.bubbles):
                thread.was_read(message_id)
                if "typing_indicator" in said:
                    thread.typing_until = self.clock() + _TYPING_S
                await self.changed(key)
        return Response(body=b'{"success":true}', content_type="application/json")

    def bubble_of(self, message: SentMessage) -> tuple[str, Bubble]:
        return message.key, message.bubble()

    def states_of(self, message: SentMessage) -> Sequence[str]:
        return self.ladder[:1] if message.key in self.blocked else self.ladder

    def status_webhook(self, message: SentMessage, state: str) -> SignedWebhook | None:
        if not self.house_url:
            return None
        return self.signed(batch(self.phone_number_id, [status_value(message, state)]))

    def record(self, message: SentMessage) -> dict[str, Any]:
        return {
            "id": message.id,
            "to": message.to,
            "text": message.text,
            "status": message.status,
            "oid": message.oid,
            "kind": message.kind,
            "choices": [title for _, title in message.choices],
            "content": dict(message.content),
        }

    def too_many(self, wait_s: float) -> Response:
        return refused(429, 130429, headers={"retry-after": f"{wait_s:g}"})

    def unauthorised(self) -> Response:
        return refused(401, 190)

    def refused_with(self, code: int) -> Response:
        return refused(400, code)

    def _knows(self, authorization: str) -> bool:
        return hmac.compare_digest(authorization.encode(), f"Bearer {self.access_token}".encode())


def _content(said: str | Mapping[str, object]) -> dict[str, Any]:
    return text_content(Act(Deed.TEXT, said)) if isinstance(said, str) else dict(said)


def _taken(message: SentMessage) -> Response:
    answer = {
        "messaging_product": "whatsapp",
        "contacts": [{"input": message.to, "wa_id": message.to}],
        "messages": [{"id": message.id, "message_status": "accepted"}],
    }
    return Response(body=json.dumps(answer).encode(), content_type="application/json")
