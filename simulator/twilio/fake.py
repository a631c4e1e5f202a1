"""The fake itself: one Twilio account with one SMS number."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from simulator.faults import Fault, FaultKind, Faults
from simulator.http import Dropped, Handler, HttpServer, Request, Response
from simulator.posting import Poster, SignedWebhook

from .carrier import Carrier
from .control import Control
from .messages import SentMessage, new_sid
from .rest import created, listed, refused, sending_error
from .webhooks import inbound_fields, sign, status_fields


class FakeTwilio:
    """A real HTTP server on 127.0.0.1.

    `house_url` is the public URL the house is configured with: webhooks are signed for it. `deliver_to` is
    where the house really listens, when that is another. Both may be set after the start.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        number: str,
        house_url: str = "",
        deliver_to: str = "",
        account: str = "default",
        step_s: float = 0.02,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.number = number
        self.house_url = house_url
        self.deliver_to = deliver_to
        self.account = account
        self.step_s = step_s
        self.sent: list[SentMessage] = []
        self.faults = Faults()
        self.requests = 0
        """Create requests seen, taken or not."""
        self.carrier = Carrier()
        self.on_change: list[Callable[[], None]] = []
        self.pages: Handler = _no_pages
        self._control = Control(self)
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
        """For TWILIO_API_URL."""
        return f"http://127.0.0.1:{self._server.port}"

    # -- a customer writes ---------------------------------------------------------------------

    def webhook(
        self, sender: str, text: str, *, media: Sequence[str] = (), sid: str = "", opt_out: str = ""
    ) -> SignedWebhook:
        """The webhook of one SMS to our number, signed."""
        fields = inbound_fields(
            account_sid=self.account_sid,
            sender=sender,
            to=self.number,
            text=text,
            sid=sid or new_sid("SM"),
            media=tuple(media),
            opt_out=opt_out,
        )
        return sign(f"{self.house_url}/webhooks/twilio_sms/{self.account}", fields, self.auth_token)

    async def send_sms(self, sender: str, text: str, *, media: Sequence[str] = (), sid: str = "") -> int:
        """One SMS of a customer; the house's HTTP status, 0 when it was not there. STOP is heard."""
        bubble = self.carrier.wrote(sender, text)
        opt_out = self.carrier.hear(sender, text)
        await self._tell()
        status = await self.post(self.webhook(sender, text, media=media, sid=sid, opt_out=opt_out))
        bubble.state = "delivered" if 200 <= status < 300 else f"failed ({status or 'no answer'})"
        await self._tell()
        return status

    async def post(self, webhook: SignedWebhook) -> int:
        """Deliver a webhook; the house's HTTP status, 0 when it was not there."""
        return await self._poster.post(
            webhook, public_url=self.house_url, deliver_to=self.deliver_to or self.house_url
        )

    # -- the house answers ---------------------------------------------------------------------

    async def wait_for(self, count: int, timeout_s: float = 15.0) -> list[SentMessage]:
        """Everything sent, as soon as it is `count` messages; raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: len(self.sent) >= count)
        return self.sent

    async def reported(self) -> None:
        """Return when every state so far has been reported to the house."""
        while self._reports:
            await asyncio.wait(set(self._reports))

    async def handle(self, request: Request) -> Response:
        """One request: the REST resources, a control, or what `pages` shows."""
        if request.path.startswith("/control/"):
            return await self._control.handle(request)
        if not request.path.startswith("/2010-04-01/"):
            return await self.pages(request)
        return await self._rest(request)

    async def _rest(self, request: Request) -> Response:
        folder = f"/2010-04-01/Accounts/{self.account_sid}"
        if not request.path.startswith(folder):
            return refused(404, 20404)
        if not self._knows(request.headers.get("authorization", "")):
            return refused(401, 20003)
        match request.method, request.path.removeprefix(folder):
            case "POST", "/Messages.json":
                return await self._create(request)
            case "GET", "/Messages.json":
                return listed(self.account_sid, self.sent, request.query)
            case "GET", ".json":
                return Response(body=b'{"status": "active"}', content_type="application/json")
            case _:
                return refused(404, 20404)

    async def _create(self, request: Request) -> Response:
        self.requests += 1
        message, problem = sending_error(request.body, self.number, self.carrier.opted_out)
        if problem:
            return refused(400, problem)
        fault = self.faults.next()
        if fault and (answer := await _refusal(fault)):
            return answer
        return await self._take(message, fault)

    async def _take(self, message: SentMessage, fault: Fault | None) -> Response:
        self.sent.append(message)
        self.carrier.delivered(message)
        await self._tell()
        kind = fault.kind if fault else None
        states = _states(kind)
        if fault and kind is FaultKind.UNDELIVERED:
            message.error_code = fault.code
        answer = created(self.account_sid, message)
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
        return Response(body=b"<html>ok</html>") if kind is FaultKind.HTML else answer

    async def _report(self, message: SentMessage, states: Sequence[str]) -> None:
        for state in states:
            await asyncio.sleep(self.step_s)
            message.status = state
            await self._tell()
            if message.callback:
                fields = status_fields(self.account_sid, message, state)
                await self.post(sign(message.callback, fields, self.auth_token))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
        for listener in self.on_change:
            listener()

    def _knows(self, authorization: str) -> bool:
        login = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        return hmac.compare_digest(authorization.encode(), f"Basic {login}".encode())


async def _no_pages(request: Request) -> Response:
    return Response(404, f"nothing at {request.path}".encode())


async def _refusal(fault: Fault) -> Response | None:
    """The answer of a fault that keeps the message from being taken; None for the other kinds."""
    match fault.kind:
        case FaultKind.DROP_BEFORE_ACCEPT:
            raise Dropped
        case FaultKind.RATE_LIMIT:
            return refused(429, 20429, {"retry-after": f"{fault.seconds:g}"})
        case FaultKind.SERVER_ERROR:
            return Response(status=fault.code, body=b"<html>down</html>", content_type="text/html")
        case FaultKind.CREDENTIALS:
            return refused(401, 20003)
        case FaultKind.ERROR:
            return refused(400, fault.code)
        case _:
            return None


def _states(kind: FaultKind | None) -> list[str]:
    match kind:
        case FaultKind.CALLBACKS_REVERSED:
            return ["delivered", "sent"]
        case FaultKind.CALLBACKS_DOUBLED:
            return ["sent", "sent", "delivered", "delivered", "sent"]
        case FaultKind.UNDELIVERED:
            return ["sent", "undelivered"]
        case _:
            return ["sent", "delivered"]
