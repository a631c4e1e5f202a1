"""What a fake platform does wrong, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from .http import Dropped, Response

_HUGE_BYTES = 5_000_000


class FaultKind(StrEnum):
    """Each is done to one create request."""

    DROP_AFTER_ACCEPT = "drop_after_accept"
    """Takes the message, then closes the connection without an answer."""
    DROP_BEFORE_ACCEPT = "drop_before_accept"
    """Closes the connection; the message is not taken."""
    HANG_AFTER_ACCEPT = "hang_after_accept"
    """Takes the message, then says nothing for `seconds`."""
    RATE_LIMIT = "rate_limit"
    """429 with Retry-After `seconds`."""
    SERVER_ERROR = "server_error"
    """HTTP `code` (500, 502, 503 ..), not taken."""
    CREDENTIALS = "credentials"
    """401, not taken."""
    ERROR = "error"
    """400 with the platform's own error `code`, not taken."""
    SLOW = "slow"
    """Takes the message and answers after `seconds`."""
    HTML = "html"
    """Takes the message and answers 200 with a page of HTML."""
    EMPTY = "empty"
    """Takes the message and answers 200 with nothing."""
    HUGE = "huge"
    """Takes the message and answers 200 with 5 MB of JSON that says nothing."""
    TRICKLE = "trickle"
    """Takes the message and answers with a byte each `seconds`."""
    NO_CALLBACKS = "no_callbacks"
    """Takes the message; its states are never reported."""
    CALLBACKS_REVERSED = "callbacks_reversed"
    CALLBACKS_SHUFFLED = "callbacks_shuffled"
    CALLBACKS_DOUBLED = "callbacks_doubled"
    CALLBACKS_EARLY = "callbacks_early"
    """All states are reported before the create request is answered."""
    UNDELIVERED = "undelivered"
    """Takes the message; reports that it was not delivered, with error `code`."""


@dataclass(slots=True)
class Fault:
    """One kind of misbehaviour, for the next `times` create requests."""

    kind: FaultKind
    times: int = 1
    seconds: float = 1.0
    code: int = 500
    silent: bool = False
    """Of a message taken under this fault no state is reported either."""


class Faults:
    """The queue of faults to come; each create request uses up one."""

    def __init__(self) -> None:
        self._queue: list[Fault] = []

    def add(
        self,
        kind: FaultKind | str,
        *,
        times: int = 1,
        seconds: float = 1.0,
        code: int = 500,
        silent: bool = False,
    ) -> None:
        """Misbehave at the next `times` create requests that no earlier fault takes."""
        self._queue.append(Fault(FaultKind(kind), times, seconds, code, silent))

    def shown(self) -> list[dict[str, object]]:
        """What is still to come."""
        return [asdict(fault) for fault in self._queue]

    def clear(self) -> None:
        """Behave from now on."""
        self._queue.clear()

    def next(self) -> Fault | None:
        """The fault of this create request."""
        if not self._queue:
            return None
        fault = self._queue[0]
        fault.times -= 1
        if fault.times <= 0:
            self._queue.pop(0)
        return fault


async def answer_under(fault: Fault | None, answer: Response) -> Response:
    """The answer to a message that was taken, as the fault has it; raises `Dropped` for none."""
    if fault is None:
        return answer
    if fault.kind in (FaultKind.SLOW, FaultKind.HANG_AFTER_ACCEPT):
        await asyncio.sleep(fault.seconds)
    if fault.kind in (FaultKind.DROP_AFTER_ACCEPT, FaultKind.HANG_AFTER_ACCEPT):
        raise Dropped
    match fault.kind:
        case FaultKind.HTML:
            return Response(body=b"<html>ok</html>", content_type="text/html")
        case FaultKind.EMPTY:
            return Response()
        case FaultKind.HUGE:
            return Response(
                body=b'{"nothing":"' + b"x" * _HUGE_BYTES + b'"}', content_type="application/json"
            )
        case FaultKind.TRICKLE:
            chunks = _trickled(answer.body, fault.seconds)
            return Response(answer.status, content_type=answer.content_type, chunks=chunks)
        case _:
            return answer


async def _trickled(body: bytes, every_s: float) -> AsyncIterator[bytes]:
    for byte in body:
        await asyncio.sleep(every_s)
        yield bytes((byte,))
