"""Below every route: who sends a request in drops is not waited for."""

from __future__ import annotations

import time
from typing import Any

from sanic.exceptions import RequestTimeout
from sanic.http.constants import Stage
from sanic.server.protocols.websocket_protocol import WebSocketProtocol

HEAD_S = 6.5
"""A request's head has this long from its first byte. Looked at every half of it: over by 10 s."""
BODY_S = 20.0
"""Head and body together have this long, and a second more for each `SLOWEST` bytes that came."""
SLOWEST = 32_000
"""Bytes a second: who uploads a file over a poor line is waited for, who sends drops is not."""


class Protocol(WebSocketProtocol):
    """Sanic's own, but its timeouts count from a request's first byte; Sanic's from its latest one."""

    __slots__ = ("_began", "_came")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._began = 0.0
        self._came = 0

    def data_received(self, data: bytes) -> None:
        http = self.http
        if http is None or (http.stage is Stage.IDLE and not _in_body(http)):
            self._began, self._came = time.monotonic(), 0
        self._came += len(data)
        super().data_received(data)  # type: ignore[no-untyped-call]

    def check_timeouts(self) -> None:
        """Runs itself again and again, as long as the connection lives."""
        http = self.http
        if self._task is not None and http is not None and self._is_late(http):
            http.exception = RequestTimeout()
            self._task.cancel("the request came too slowly")
            return
        super().check_timeouts()  # type: ignore[no-untyped-call]

    def _is_late(self, http: Any) -> bool:
        waited = time.monotonic() - self._began
        if http.stage is Stage.REQUEST:
            return bool(waited > self.request_timeout)
        return _in_body(http) and bool(waited > self.app.config.BODY_TIMEOUT + self._came / SLOWEST)


def _in_body(http: Any) -> bool:
    """Whether some of a request's body is still to come; unset before the first request."""
    return bool(getattr(http, "request_body", None))
