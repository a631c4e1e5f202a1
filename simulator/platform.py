"""What every fake platform is: a server on loopback that signs, insists, reports and misbehaves.

A platform adds its API (`api`), what a customer's deeds look like there (`perform`), and its own words.
"""

from __future__ import annotations

import asyncio
import random
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

from .acts import Act, ActRefused
from .control import control
from .faults import Fault, FaultKind, Faults, answer_under
from .files import Shelf
from .http import Dropped, HttpServer, Request, Response
from .paces import Paces
from .posting import NO_PATIENCE, Delivery, Patience, Poster, SignedWebhook
from .receipts import Receipts, receipts_under, states
from .threads import Bubble, Side, Thread

_DELIVERIES_KEPT = 1000


class Reported(Protocol):
    """A message whose state the platform reports."""

    status: str
    error_code: int | None


class Platform[M: Reported](ABC):
    """A real HTTP server on 127.0.0.1.

    `house_url` is the public URL the house is configured with: webhooks are signed for it. `deliver_to` is
    where the house really listens, when that is another. Both may be set after the start. `step_s` lies
    between two states of a message, `retry_s` is the first wait before a webhook is posted again. `clock` is
    epoch seconds.
    """

    name: ClassVar[str]
    """The first part of its path where several share a server: twilio, meta, telegram."""
    ladder: ClassVar[Sequence[str]] = ()
    """The states of a message that arrives, in order; none: the platform does not report."""
    failing: ClassVar[Sequence[str]] = ()
    """The states of a message that does not arrive."""
    patience: ClassVar[Patience] = NO_PATIENCE

    def __init__(
        self,
        *,
        house_url: str = "",
        deliver_to: str = "",
        account: str = "default",
        step_s: float = 0.02,
        retry_s: float = 0.1,
        clock: Callable[[], float] = time.time,
        rng: random.Random | None = None,
    ) -> None:
        self.house_url = house_url
        self.deliver_to = deliver_to
        self.account = account
        self.step_s = step_s
        self.retry_s = retry_s
        self.sent: list[M] = []
        """What the house had sent and the platform took, in order."""
        self.requests = 0
        """Requests to send that were seen, taken or not."""
        self.deliveries: deque[Delivery] = deque(maxlen=_DELIVERIES_KEPT)
        """What was posted to the house, and what it answered."""
        self.threads: dict[str, Thread] = {}
        """What each phone shows, by the customer's key."""
        self.names: dict[str, str] = {}
        """What customers call themselves, by key."""
        self.files: Shelf = Shelf()
        self.faults: Faults = Faults()
        """Done to requests to send."""
        self.receipts = Receipts.ON
        self.copies = 1
        """How often every webhook is posted at the same time; a well-behaved platform does it once."""
        self.paces: Paces = Paces(self.clock)
        """Rules of pace, when one is set."""
        self.shift_s = 0.0
        """How far the platform's clock is ahead."""
        self.on_change: list[Callable[[str], None]] = []
        """Called with the key of the customer whose phone changed; with "" when it is nobody's."""
        self._clock = clock
        self._rng = rng or random.Random(7)  # noqa: S311 - an order to shuffle into
        self._base_url = ""
        self._server = HttpServer(self.handle)
        self._poster = Poster()
        self._running: set[asyncio.Task[Any]] = set()
        self._changed = asyncio.Condition()

    # -- what a platform adds ------------------------------------------------------------------

    @abstractmethod
    async def api(self, request: Request) -> Response:
        """The vendor's API."""

    @abstractmethod
    async def perform(self, key: str, act: Act) -> int:
        """A customer's deed; the house's first HTTP status, 0 when nobody took it. Raises `ActRefused`."""

    @abstractmethod
    def bubble_of(self, message: M) -> tuple[str, Bubble]:
        """Whose phone shows a sent message, and how."""

    def status_webhook(self, message: M, state: str) -> SignedWebhook | None:
        """How the platform reports a state; None: it does not."""
        return None

    def states_of(self, message: M) -> Sequence[str]:
        """The states of this message when nothing goes wrong."""
        return self.ladder

    @abstractmethod
    def too_many(self, wait_s: float) -> Response:
        """The vendor's "too many requests"."""

    @abstractmethod
    def unauthorised(self) -> Response:
        """The vendor's answer to a wrong credential."""

    @abstractmethod
    def refused_with(self, code: int) -> Response:
        """The vendor's refusal with one of its own error codes."""

    @abstractmethod
    def record(self, message: M) -> dict[str, Any]:
        """A sent message for whoever reads `/control/sent`; at least id, to, text, status and oid."""

    # -- life ----------------------------------------------------------------------------------

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
        self._base_url = f"http://127.0.0.1:{self._server.port}"

    def mounted(self, url: str) -> None:
        """Instead of `start`: `handle` is called by a server that is at `url`."""
        self._base_url = url

    async def stop(self) -> None:
        """Close everything; what was not yet posted is not."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._server.stop()
        await self._poster.close()

    @property
    def api_url(self) -> str:
        """For the platform's `*_API_URL`."""
        return self._base_url

    def clock(self) -> float:
        """The platform's time, epoch seconds."""
        return self._clock() + self.shift_s

    async def handle(self, request: Request) -> Response:
        """One request: a command from outside (`/control/...`), or the vendor's API."""
        if request.path.startswith("/control/"):
            return await control(self, request)
        return await self.api(request)

    # -- a customer does something -------------------------------------------------------------

    async def act(self, key: str, act: Act) -> int:
        """Do it, and show it; the house's first HTTP status, 0 when nobody took it. Raises `ActRefused`."""
        try:
            return await self.perform(key, act)
        finally:
            await self.changed(key)

    def thread(self, key: str) -> Thread:
        """The phone of a customer."""
        return self.threads.setdefault(key, Thread(key))

    async def deliver(self, webhook: SignedWebhook, *, about: str = "", bubble: Bubble | None = None) -> int:
        """Post a webhook, and again as long as the platform would; the first HTTP status, 0 for no answer."""
        delivery = Delivery(about, webhook.url)
        self.deliveries.append(delivery)
        if bubble is not None:
            bubble.delivery = delivery
            await self.changed(about)
        again_s = await self._try(webhook, delivery)
        if again_s is not None:
            self.later(self._insist(webhook, delivery, again_s))
        await self.changed(about)
        return delivery.statuses[0]

    async def post(self, webhook: SignedWebhook) -> int:
        """Post a webhook once; the house's HTTP status, 0 when it was not there."""
        return await self._poster.post(
            webhook, public_url=self.house_url, deliver_to=self.deliver_to or self.house_url
        )

    async def _insist(self, webhook: SignedWebhook, delivery: Delivery, again_s: float | None) -> None:
        while again_s is not None:
            await asyncio.sleep(again_s)
            again_s = await self._try(webhook, delivery)
            await self.changed(delivery.about)

    async def _try(self, webhook: SignedWebhook, delivery: Delivery) -> float | None:
        """One post; seconds until the next one is due."""
        answers = await asyncio.gather(*(self.post(webhook) for _ in range(self.copies)))
        delivery.statuses.append(next((status for status in answers if 200 <= status < 300), answers[0]))
        delivery.next_at = None
        if delivery.taken:
            return None
        scale = self.retry_s / (self.patience.first_s or 1.0)
        wait_s = self.patience.wait_s(len(delivery.statuses), time.time() - delivery.began)
        if wait_s is not None:
            wait_s *= scale
            delivery.next_at = time.time() + wait_s
        return wait_s

    # -- the house sends -----------------------------------------------------------------------

    async def take(self, message: M, fault: Fault | None, answer: Response) -> Response:
        """Keep a message that passed the rules, report its states, and answer as the fault has it."""
        self.sent.append(message)
        key, bubble = self.bubble_of(message)
        bubble.state = bubble.state or message.status
        self.thread(key).add(bubble)
        await self.changed(key)
        lost = fault is not None and fault.kind is FaultKind.UNDELIVERED
        if lost and fault is not None:
            message.error_code = fault.code
        how = receipts_under(fault, self.receipts)
        reported = states(self.failing if lost else self.states_of(message), how, self._rng)
        if how is Receipts.EARLY:
            await self._report(message, bubble, key, reported)
        elif reported:
            self.later(self._report(message, bubble, key, reported))
        return await answer_under(fault, answer)

    def refusal(self, fault: Fault | None) -> Response | None:
        """The answer of a fault that keeps a message from being taken; None for the other kinds."""
        match fault.kind if fault else None:
            case FaultKind.DROP_BEFORE_ACCEPT:
                raise Dropped
            case FaultKind.RATE_LIMIT if fault:
                return self.too_many(fault.seconds)
            case FaultKind.SERVER_ERROR if fault:
                return Response(status=fault.code, body=b"<html>down</html>", content_type="text/html")
            case FaultKind.CREDENTIALS:
                return self.unauthorised()
            case FaultKind.ERROR if fault:
                return self.refused_with(fault.code)
            case _:
                return None

    async def _report(self, message: M, bubble: Bubble, key: str, reported: Sequence[str]) -> None:
        for state in reported:
            await asyncio.sleep(self.step_s)
            message.status = bubble.state = state
            if message.error_code:
                bubble.error = str(message.error_code)
            await self.changed(key)
            if webhook := self.status_webhook(message, state):
                await self.deliver(webhook, about=key)

    # -- who watches ---------------------------------------------------------------------------

    async def wait_for(self, count: int, timeout_s: float = 15.0) -> list[M]:
        """Everything sent, as soon as it is `count` messages; raises TimeoutError."""
        await self.until(lambda: len(self.sent) >= count, timeout_s)
        return list(self.sent)

    async def until(self, true: Callable[[], bool], timeout_s: float = 15.0) -> None:
        """Return when something about this fake is so; raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(true)

    async def reported(self) -> None:
        """Return when every state and every webhook so far has been taken or given up."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def changed(self, key: str = "") -> None:
        """Tell whoever waits that something is different, on the phone of `key` if it is on one."""
        async with self._changed:
            self._changed.notify_all()
        for listener in self.on_change:
            listener(key)

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do it beside everything else, until the stop."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def say_as_carrier(self, key: str, text: str) -> None:
        """A line of the network itself on a phone."""
        self.thread(key).add(Bubble(Side.CARRIER, text))


def cannot(act: Act, where: str) -> ActRefused:
    """For deeds that a platform's phones do not have."""
    return ActRefused(f"{act.do} cannot be done on {where}")
