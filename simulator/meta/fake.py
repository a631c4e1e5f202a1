"""The fake itself: one Meta app with one WhatsApp number."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from simulator.faults import Fault, FaultKind, Faults
from simulator.http import Dropped, HttpServer, Request, Response
from simulator.posting import Poster, SignedWebhook

from .messages import SentMessage, new_id
from .rules import WINDOW_S, problem_of, refused
from .webhooks import batch, message_value, sign, status_value

_PATH = re.compile(r"/v\d+\.\d+/(\d+)(/messages)?")


class FakeMeta:
    """A real HTTP server on 127.0.0.1.

    `house_url` is where the house listens; it may be set after the start. `clock` is epoch seconds.
    """

    def __init__(
        self,
        *,
        phone_number_id: str,
        access_token: str,
        app_secret: str,
        house_url: str = "",
        account: str = "default",
        step_s: float = 0.02,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.phone_number_id = phone_number_id
        self.access_token = access_token
        self.app_secret = app_secret
        self.house_url = house_url
        self.account = account
        self.step_s = step_s
        self.clock = clock
        self.sent: list[SentMessage] = []
        self.read: list[str] = []
        """Ids of messages the house marked as read, with three dots under them."""
        self.faults = Faults()
        self.requests = 0
        """Send requests seen, taken or not."""
        self.windows: dict[str, float] = {}
        """When each person last wrote."""
        self._server = HttpServer(self.handle)
        self._poster = Poster()
        self._reports: set[asyncio.Task[None]] = set()
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
        """Close everything; states not yet reported are not."""
        for report in self._reports:
            report.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)
        await self._server.stop()
        await self._poster.close()

    @property
    def api_url(self) -> str:
        """For WHATSAPP_API_URL."""
        return f"http://127.0.0.1:{self._server.port}"

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
        name: str = "Ann Example",
    ) -> SignedWebhook:
        """The webhook of one message, signed; `said` is a text, or a message's type and content."""
        content = {"type": "text", "text": {"body": said}} if isinstance(said, str) else said
        value = message_value(sender, content, message_id=message_id or new_id(), name=name)
        return self.signed(batch(self.phone_number_id, [value]))

    def signed(self, payload: object) -> SignedWebhook:
        """Any payload as a webhook of this app."""
        return sign(self.webhook_url, payload, self.app_secret)

    async def send(self, sender: str, said: str | Mapping[str, object], *, name: str = "Ann Example") -> int:
        """One message of a customer, which opens the window; the house's status, 0 when it was not there."""
        self.windows[sender.removeprefix("+")] = self.clock()
        return await self.post(self.webhook(sender, said, name=name))

    async def tap(self, sender: str, message: SentMessage, number: int) -> int:
        """Tap the `number`th choice (from 1) under a message."""
        tap, title = message.choices[number - 1]
        kind = "button_reply" if message.content["interactive"]["type"] == "button" else "list_reply"
        reply = {"type": kind, kind: {"id": tap, "title": title}}
        return await self.send(
            sender, {"context": {"id": message.id}, "type": "interactive", "interactive": reply}
        )

    async def post(self, webhook: SignedWebhook) -> int:
        """Deliver a webhook; the house's HTTP status, 0 when it was not there."""
        return await self._poster.post(webhook, public_url=self.house_url, deliver_to=self.house_url)

    # -- the house answers ---------------------------------------------------------------------

    async def wait_for(self, count: int, timeout_s: float = 15.0) -> list[SentMessage]:
        """Everything sent, as soon as it is `count` messages; raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: len(self.sent) >= count)
        return list(self.sent)

    async def handle(self, request: Request) -> Response:
        """The Graph API of one number."""
        match = _PATH.fullmatch(request.path)
        if match is None:
            return refused(404, 100)
        if not self._knows(request.headers.get("authorization", "")):
            return refused(401, 190)
        if match[1] != self.phone_number_id:
            return refused(400, 100, subcode=33)
        if request.method == "GET" and not match[2]:
            about = {"id": self.phone_number_id, "verified_name": "Shop", "quality_rating": "GREEN"}
            return Response(body=json.dumps(about).encode(), content_type="application/json")
        if request.method == "POST" and match[2]:
            return await self._create(request)
        return refused(400, 100)

    async def _create(self, request: Request) -> Response:
        try:
            said: Any = json.loads(request.body)
        except ValueError:
            return refused(400, 100)
        if said.get("status") == "read":
            self.read.append(str(said.get("message_id")))
            return Response(body=b'{"success":true}', content_type="application/json")
        self.requests += 1
        to = str(said.get("to") or said.get("recipient") or "").removeprefix("+")
        problem = problem_of(said)
        if not problem and self.clock() - self.windows.get(to, 0.0) > WINDOW_S:
            problem = 131047
        if problem:
            return refused(400, problem)
        fault = self.faults.next()
        if fault and (answer := _refusal(fault)):
            return answer
        return await self._take(SentMessage(to=to, content=said), fault)

    async def _take(self, message: SentMessage, fault: Fault | None) -> Response:
        self.sent.append(message)
        await self._tell()
        kind = fault.kind if fault else None
        states = _states(kind)
        if fault and kind is FaultKind.UNDELIVERED:
            message.error_code = fault.code
        if kind is FaultKind.CALLBACKS_EARLY:
            await self._report(message, states)
        elif kind is not FaultKind.NO_CALLBACKS and not (fault and fault.silent):
            report = asyncio.create_task(self._report(message, states))
            self._reports.add(report)
            report.add_done_callback(self._reports.discard)
        if fault and kind in (FaultKind.SLOW, FaultKind.HANG_AFTER_ACCEPT):
            await asyncio.sleep(fault.seconds)
        if kind in (FaultKind.DROP_AFTER_ACCEPT, FaultKind.HANG_AFTER_ACCEPT):
            raise Dropped
        if kind is FaultKind.HTML:
            return Response(body=b"<html>ok</html>")
        taken = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": message.to, "wa_id": message.to}],
            "messages": [{"id": message.id, "message_status": "accepted"}],
        }
        return Response(body=json.dumps(taken).encode(), content_type="application/json")

    async def _report(self, message: SentMessage, states: Sequence[str]) -> None:
        for state in states:
            await asyncio.sleep(self.step_s)
            message.status = state
            await self._tell()
            if self.house_url:
                await self.post(self.signed(batch(self.phone_number_id, [status_value(message, state)])))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _knows(self, authorization: str) -> bool:
        return hmac.compare_digest(authorization.encode(), f"Bearer {self.access_token}".encode())


def _refusal(fault: Fault) -> Response | None:
    """The answer of a fault that keeps the message from being taken; None for the other kinds."""
    match fault.kind:
        case FaultKind.DROP_BEFORE_ACCEPT:
            raise Dropped
        case FaultKind.RATE_LIMIT:
            return refused(429, 130429, headers={"retry-after": f"{fault.seconds:g}"})
        case FaultKind.SERVER_ERROR:
            return Response(status=fault.code, body=b"<html>down</html>", content_type="text/html")
        case FaultKind.CREDENTIALS:
            return refused(401, 190)
        case FaultKind.ERROR:
            return refused(400, fault.code)
        case _:
            return None


def _states(kind: FaultKind | None) -> list[str]:
    match kind:
        case FaultKind.CALLBACKS_REVERSED:
            return ["read", "delivered", "sent"]
        case FaultKind.CALLBACKS_DOUBLED:
            return ["sent", "sent", "delivered", "delivered", "sent"]
        case FaultKind.UNDELIVERED:
            return ["sent", "failed"]
        case _:
            return ["sent", "delivered", "read"]
