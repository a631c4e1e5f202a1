"""The fake itself: one bot."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from simulator.faults import FaultKind, Faults
from simulator.http import Dropped, HttpServer, Request, Response
from simulator.posting import Poster, SignedWebhook

from .answers import ok, refusal, refused
from .messages import SentMessage, buttons_of
from .updates import membership, message, tap

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_BATCH = 100


class FakeTelegram:
    """A real HTTP server on 127.0.0.1.

    Updates are posted to the webhook that was set, by `setWebhook` or here with `house_url`, and again until
    the house takes them, `retries` times; without a webhook they wait for `getUpdates`.
    """

    def __init__(
        self,
        *,
        token: str,
        secret_token: str = "",
        house_url: str = "",
        account: str = "default",
        retries: int = 3,
        step_s: float = 0.05,
    ) -> None:
        self.token = token
        self.secret_token = secret_token
        self.webhook_url = f"{house_url}/webhooks/telegram/{account}" if house_url else ""
        self.retries = retries
        self.step_s = step_s
        self.bot: dict[str, object] = {"id": 1, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
        self.sent: list[SentMessage] = []
        self.calls: list[tuple[str, dict[str, str]]] = []
        """Every request, taken or not: method and parameters."""
        self.answered_taps: list[str] = []
        self.blocked: set[int] = set()
        self.faults = Faults()
        """Done to `sendMessage`; an ERROR's `code` is its HTTP status."""
        self.poll_faults = Faults()
        """Done to `getUpdates`."""
        self.waiting: list[dict[str, Any]] = []
        """Updates that nobody has confirmed yet."""
        self.on_change: list[Callable[[], None]] = []
        self._numbers = itertools.count(100)
        self._update_ids = itertools.count(secrets.randbelow(10**8) + 1)
        self._polls = 0
        self._server = HttpServer(self.handle)
        self._poster = Poster()
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1."""
        await self._server.start("127.0.0.1", port)

    async def stop(self) -> None:
        """Close everything."""
        await self._server.stop()
        await self._poster.close()

    @property
    def api_url(self) -> str:
        """For TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self._server.port}"

    # -- a customer does something -------------------------------------------------------------

    async def send_text(self, sender: int, text: str, **more: Any) -> int:
        """A message of a customer; the house's HTTP status, 0 when nobody took it yet."""
        return await self.tell(message(sender, next(self._numbers), {"text": text, **more}))

    async def send(self, sender: int, content: Mapping[str, Any]) -> int:
        """A message of any kind."""
        return await self.tell(message(sender, next(self._numbers), content))

    async def press(self, sent: SentMessage, label: str) -> int:
        """The button with this label, under a message of the house."""
        data = dict(sent.buttons)[label]
        return await self.tell(tap(sent.chat, secrets.token_hex(8), sent.resource(self.bot), data))

    async def block(self, sender: int, *, blocked: bool = True) -> int:
        """Block the bot, or let it in again."""
        (self.blocked.add if blocked else self.blocked.discard)(sender)
        return await self.tell(membership(sender, self.bot, blocked=blocked))

    async def tell(self, what: Mapping[str, Any]) -> int:
        """Post an update, or keep it for `getUpdates`; the house's HTTP status, 0 when nobody took it yet."""
        update = {"update_id": next(self._update_ids), **what}
        if not self.webhook_url:
            self.waiting.append(update)
            await self._tell()
            return 0
        webhook = self.webhook(update)
        status = await self.post(webhook)
        for _ in range(self.retries):
            if 200 <= status < 300:
                break
            await asyncio.sleep(self.step_s)
            status = await self.post(webhook)
        return status

    def webhook(self, update: Mapping[str, Any]) -> SignedWebhook:
        """The request that carries an update."""
        headers = {"Content-Type": "application/json"}
        if self.secret_token:
            headers[_HEADER] = self.secret_token
        return SignedWebhook(self.webhook_url, headers, json.dumps(update).encode())

    def text_webhook(self, sender: int, text: str) -> SignedWebhook:
        """The request of one text, not posted yet."""
        return self.webhook(
            {
                "update_id": next(self._update_ids),
                **message(sender, next(self._numbers), {"text": text}),
            }
        )

    async def post(self, webhook: SignedWebhook) -> int:
        """Deliver a request once; the house's HTTP status, 0 when it was not there."""
        return await self._poster.post(webhook, public_url=self.webhook_url, deliver_to=self.webhook_url)

    # -- the house answers ---------------------------------------------------------------------

    async def wait_for(self, count: int, timeout_s: float = 15.0) -> list[SentMessage]:
        """Everything sent, as soon as it is `count` messages; raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: len(self.sent) >= count)
        return self.sent

    async def until(self, true: Callable[[], bool], timeout_s: float = 15.0) -> None:
        """Return when something about this fake is so; raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(true)

    async def handle(self, request: Request) -> Response:
        """One call of a method."""
        said = dict(request.query) | dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        _, _, rest = request.path.partition("/bot")
        token, _, method = rest.partition("/")
        self.calls.append((method, said))
        if token != self.token:
            return refused(401)
        try:
            return await self._answer(method, said)
        finally:
            await self._tell()

    async def _answer(self, method: str, said: Mapping[str, str]) -> Response:
        match method:
            case "sendMessage":
                return await self._take(said)
            case "getUpdates":
                return await self._hand_out(said)
            case "answerCallbackQuery":
                self.answered_taps.append(said.get("callback_query_id", ""))
            case "setWebhook":
                self.webhook_url, self.secret_token = said["url"], said.get("secret_token", "")
            case "deleteWebhook":
                self.webhook_url = ""
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

    async def _take(self, said: Mapping[str, str]) -> Response:
        fault = self.faults.next()
        if fault and (answer := refusal(fault)):
            return answer
        chat = int(said["chat_id"]) if said.get("chat_id", "").lstrip("-").isdigit() else 0
        if not chat:
            return refused(400)
        if chat in self.blocked:
            return refused(403)
        text = said.get("text", "").strip()
        if not text or len(text.encode("utf-16-le")) // 2 > 4096:
            return refused(400, f"Bad Request: message {'is too long' if text else 'text is empty'}")
        try:
            buttons = buttons_of(said.get("reply_markup", ""))
        except (ValueError, KeyError, TypeError):
            return refused(400, "Bad Request: BUTTON_DATA_INVALID")
        message = SentMessage(chat, next(self._numbers), text, buttons)
        self.sent.append(message)
        await self._tell()
        kind = fault.kind if fault else None
        if fault and kind in (FaultKind.SLOW, FaultKind.HANG_AFTER_ACCEPT):
            await asyncio.sleep(fault.seconds)
        if kind in (FaultKind.DROP_AFTER_ACCEPT, FaultKind.HANG_AFTER_ACCEPT):
            raise Dropped
        return Response(body=b"<html>ok</html>") if kind is FaultKind.HTML else ok(message.resource(self.bot))

    async def _hand_out(self, said: Mapping[str, str]) -> Response:
        """Updates from `offset` on; what is before it is confirmed, and forgotten. The newest poll wins."""
        fault = self.poll_faults.next()
        if fault and (answer := refusal(fault)):
            return answer
        if self.webhook_url:
            return refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        mine, offset = self._polls, int(said.get("offset", "0"))
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        await self._tell()
        try:
            async with asyncio.timeout(min(float(said.get("timeout", "0")), 5.0)), self._changed:
                await self._changed.wait_for(lambda: bool(self.waiting) or self._polls != mine)
        except TimeoutError:
            pass
        return refused(409) if self._polls != mine else ok(self.waiting[:_BATCH])

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
        for listener in self.on_change:
            listener()
