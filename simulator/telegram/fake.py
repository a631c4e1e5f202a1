"""The fake itself: one bot."""

from __future__ import annotations

import itertools
import json
import math
import secrets
from collections.abc import Mapping
from typing import Any

from simulator.acts import Act, Deed
from simulator.faults import Faults
from simulator.forms import Form, read_form
from simulator.http import Request, Response
from simulator.platform import Platform, cannot
from simulator.posting import Patience, SignedWebhook
from simulator.threads import Bubble, Thread

from .answers import ok, refused
from .messages import SentMessage
from .sending import SENDING, SendRefused, message_of
from .updates import content_of, membership, message, own_bubble, reaction, tap

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_BATCH = 100
_TYPING_S = 5.0
_NAME = "Customer"


class FakeTelegram(Platform[SentMessage]):
    """Customers are keyed by their id, as digits.

    Updates are posted to the webhook that was set, by `setWebhook` or here with `house_url`, and again until
    the house takes them; without a webhook they wait for `getUpdates`.
    """

    name = "telegram"
    # Repeated until taken, or "a reasonable amount of attempts"; kept for a day. The waits are ours.
    patience = Patience(first_s=1.0, factor=2.0, longest_s=60.0, gives_up_s=24 * 3600.0)

    def __init__(self, *, token: str, secret_token: str = "", **more: Any) -> None:
        super().__init__(**more)
        self.token = token
        self.secret_token = secret_token
        house = self.house_url
        self.webhook_url = f"{house}/webhooks/telegram/{self.account}" if house else ""
        self.bot: dict[str, object] = {"id": 1, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
        self.calls: list[tuple[str, dict[str, str]]] = []
        """Every request, taken or not: method and parameters."""
        self.answered_taps: list[str] = []
        self.blocked: set[int] = set()
        self.unfetchable: set[str] = set()
        """Addresses of files that Telegram cannot have."""
        self.poll_faults = Faults()
        """Done to `getUpdates`."""
        self.waiting: list[dict[str, Any]] = []
        """Updates that nobody has confirmed yet."""
        self._numbers = itertools.count(100)
        self._update_ids = itertools.count(secrets.randbelow(10**8) + 1)
        self._polls = 0

    # -- a customer does something -------------------------------------------------------------

    async def send_text(self, sender: int, text: str, **more: Any) -> int:
        """A message of a customer; the house's first HTTP status, 0 when nobody took it yet."""
        return await self.send(sender, {"text": text, **more})

    async def send(self, sender: int, content: Mapping[str, Any]) -> int:
        """A message of any kind."""
        number = next(self._numbers)
        bubble = self.thread(str(sender)).add(own_bubble(number, content))
        name = self.names.get(str(sender), _NAME)
        return await self.tell(message(sender, number, content, name=name), str(sender), bubble)

    async def press(self, sent: SentMessage, label: str) -> int:
        """The button with this label, under a message of the house."""
        return await self._press(sent, dict(sent.buttons)[label])

    async def block(self, sender: int, *, blocked: bool = True) -> int:
        """Block the bot, or let it in again."""
        (self.blocked.add if blocked else self.blocked.discard)(sender)
        self.thread(str(sender)).shut = "blocked" if blocked else ""
        return await self.tell(membership(sender, self.bot, blocked=blocked), str(sender))

    async def perform(self, key: str, act: Act) -> int:
        sender, thread = int(key), self.thread(key)
        match act.do:
            case Deed.BLOCK | Deed.UNBLOCK:
                return await self.block(sender, blocked=act.do is Deed.BLOCK)
            case Deed.TAP:
                for sent in self.sent:
                    if (str(sent.chat), str(sent.number)) == (key, act.bubble):
                        return await self._press(sent, act.choice)
                raise cannot(act, "a message that was never sent")
            case Deed.REVOKE:
                # Telegram tells bots nothing of deletions.
                raise cannot(act, "Telegram")
            case Deed.REACTION:
                bubble = thread.find(act.bubble)
                told = reaction(sender, int(act.bubble), act.text, bubble.reaction)
                bubble.change(act)
                return await self.tell(told, key)
            case Deed.EDIT:
                thread.find(act.bubble).change(act)
                now = message(sender, int(act.bubble), {"text": act.text}, edited=True)
                return await self.tell(now, key)
        file = self.files.take(act.file) if act.do in (Deed.MEDIA, Deed.STICKER) else None
        name = self.names.get(key, _NAME)
        return await self.send(sender, content_of(act, sender, file, name=name))

    async def tell(self, what: Mapping[str, Any], key: str = "", bubble: Bubble | None = None) -> int:
        """Post an update, or keep it for `getUpdates`; the house's first HTTP status, 0 for none yet."""
        update = {"update_id": next(self._update_ids), **what}
        if not self.webhook_url:
            if bubble is not None:
                bubble.state = "waiting to be fetched"
            self.waiting.append(update)
            await self.changed(key)
            return 0
        return await self.deliver(self.webhook(update), about=key, bubble=bubble)

    def webhook(self, update: Mapping[str, Any]) -> SignedWebhook:
        """The request that carries an update."""
        headers = {"Content-Type": "application/json"}
        if self.secret_token:
            headers[_HEADER] = self.secret_token
        return SignedWebhook(self.webhook_url, headers, json.dumps(update).encode())

    def text_webhook(self, sender: int, text: str) -> SignedWebhook:
        """The request of one text, not posted yet."""
        said = message(sender, next(self._numbers), {"text": text})
        return self.webhook({"update_id": next(self._update_ids), **said})

    async def _press(self, sent: SentMessage, data: str) -> int:
        if data not in (known for _, known in sent.buttons):
            raise cannot(Act(Deed.TAP), f"a message without the choice {data!r}")
        query = secrets.token_hex(8)
        return await self.tell(tap(sent.chat, query, sent.resource(self.bot), data), str(sent.chat))

    # -- the house answers ---------------------------------------------------------------------

    async def api(self, request: Request) -> Response:
        """One call of a method, or a file."""
        if request.path.startswith("/file/"):
            token, _, path = request.path.removeprefix("/file/bot").partition("/")
            return self.files.answer(path.rpartition("/")[2]) if token == self.token else refused(401)
        form = read_form(request)
        token, _, method = request.path.removeprefix("/bot").partition("/")
        self.calls.append((method, dict(form.texts)))
        if token != self.token:
            return refused(401)
        try:
            return await self._answer(method, form)
        finally:
            await self.changed(form.texts.get("chat_id", ""))

    async def _answer(self, method: str, form: Form) -> Response:
        said = form.texts
        if method in SENDING:
            return await self._create(method, form)
        if method == "getUpdates":
            return await self._hand_out(said)
        if method == "getFile":
            return self._locate(said.get("file_id", ""))
        match method:
            case "answerCallbackQuery":
                self.answered_taps.append(said.get("callback_query_id", ""))
            case "setWebhook":
                self.webhook_url, self.secret_token = said["url"], said.get("secret_token", "")
            case "deleteWebhook":
                self.webhook_url = ""
            case "sendChatAction":
                self.thread(said.get("chat_id", "")).typing_until = self.clock() + _TYPING_S
        results: dict[str, object] = {
            "getMe": self.bot,
            "getWebhookInfo": {
                "url": self.webhook_url,
                "has_custom_certificate": False,
                "pending_update_count": len(self.waiting),
            },
        }
        known = ("sendChatAction", "answerCallbackQuery", "setWebhook", "deleteWebhook")
        results |= dict.fromkeys(known, True)
        return ok(results[method]) if method in results else refused(404)

    async def _create(self, method: str, form: Form) -> Response:
        self.requests += 1
        fault = self.faults.next()
        if answer := self.refusal(fault):
            return answer
        try:
            sent = message_of(method, form, self.files, next(self._numbers))
        except SendRefused as error:
            return refused(400, str(error))
        if sent.file and sent.file.url in self.unfetchable:
            return refused(400, "Bad Request: failed to get HTTP URL content")
        if sent.chat in self.blocked:
            return refused(403)
        if wait_s := self.paces.wait_s(str(sent.chat)):
            return self.too_many(math.ceil(wait_s))
        return await self.take(sent, fault, ok(sent.resource(self.bot)))

    def _locate(self, file_id: str) -> Response:
        file = self.files.get(file_id)
        if file is None:
            return refused(400, "Bad Request: invalid file_id")
        about = {"file_id": file.id, "file_unique_id": f"u{file.id}", "file_size": len(file.content)}
        return ok(about | {"file_path": f"{file.kind}s/{file.id}"})

    async def _hand_out(self, said: Mapping[str, str]) -> Response:
        """Updates from `offset` on; what is before it is confirmed, and forgotten. The newest poll wins."""
        fault = self.poll_faults.next()
        if answer := self.refusal(fault):
            return answer
        if self.webhook_url:
            return refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        mine, offset = self._polls, int(said.get("offset", "0"))
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        await self.changed()
        try:
            longest_s = min(float(said.get("timeout", "0")), 5.0)
            await self.until(lambda: bool(self.waiting) or self._polls != mine, longest_s)
        except TimeoutError:
            pass
        if self._polls != mine:
            return refused(409)
        await self._fetched()
        return ok(self.waiting[:_BATCH])

    async def _fetched(self) -> None:
        """The bubbles that waited are with the house now."""
        for update in self.waiting[:_BATCH]:
            said = update.get("message", {})
            thread = self.threads.get(str(said.get("chat", {}).get("id", "")), Thread(""))
            for bubble in thread.bubbles:
                if bubble.id == str(said.get("message_id")) and bubble.state.startswith("waiting"):
                    bubble.state = "delivered"
                    await self.changed(thread.key)

    def bubble_of(self, message: SentMessage) -> tuple[str, Bubble]:
        return str(message.chat), message.bubble()

    def record(self, message: SentMessage) -> dict[str, Any]:
        return {
            "id": str(message.number),
            "to": str(message.chat),
            "text": message.text,
            "status": message.status,
            "oid": "",
            "choices": [label for label, _ in message.buttons],
        }

    def too_many(self, wait_s: float) -> Response:
        return refused(429, parameters={"retry_after": int(wait_s)})

    def unauthorised(self) -> Response:
        return refused(401)

    def refused_with(self, code: int) -> Response:
        return refused(code)
