"""The process that plays the platforms: posts customers' webhooks and takes what the house sends.

It reads jobs from standard input, one JSON object a line, and answers each with one line; `Generator` in
generator.py speaks for the other side. Times are of this process's clock alone.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple
from typing import Any

import uvloop
from setproctitle import setproctitle

from onethread.bench.shooting import Pool, Request, flood, stream
from onethread.bench.webhooks import (
    SHOP_NUMBER,
    TWILIO_SID,
    TWILIO_TOKEN,
    Inbound,
    posted,
    whole_request,
)
from onethread.supervisor.ports import LOOPBACK
from simulator.http import HttpServer
from simulator.http import Request as Asked
from simulator.http import Response as Told
from simulator.twilio.messages import SentMessage
from simulator.twilio.rest import created, sending_error
from simulator.twilio.webhooks import sign, status_fields

_STATES = ("sent", "delivered")
_STEP_S = 0.05


class Twilio:
    """Takes sends, notes when each came, and reports their states as the platform does, if told so."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, float]] = []
        """The house's own id of a send, the phone it is for, and when it came."""
        self.receipts = False
        self.refused = 0
        self._server = HttpServer(self._handle)
        self._pools: dict[int, Pool] = {}
        self._reports: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listens on a free port of loopback; returns it."""
        await self._server.start(LOOPBACK, 0)
        return self._server.port

    async def stop(self) -> None:
        """Hangs up."""
        for report in self._reports:
            report.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)
        for pool in self._pools.values():
            await pool.close()
        await self._server.stop()

    async def _handle(self, asked: Asked) -> Told:
        at = time.monotonic()
        message, problem = sending_error(asked.body, SHOP_NUMBER, ())
        if asked.method != "POST" or problem:
            self.refused += 1
            return Told(400)
        self.received.append((message.oid, message.to, at))
        if self.receipts and message.callback:
            report = asyncio.create_task(self._report(message))
            self._reports.add(report)
            report.add_done_callback(self._reports.discard)
        return created(TWILIO_SID, message)

    async def _report(self, message: SentMessage) -> None:
        for state in _STATES:
            await asyncio.sleep(_STEP_S)
            message.status = state
            fields = status_fields(TWILIO_SID, message, state)
            data = posted(sign(message.callback, fields, TWILIO_TOKEN))
            port = int(message.callback.removeprefix("http://").partition("/")[0].partition(":")[2])
            pool = self._pools.setdefault(port, Pool(port))
            await pool.post(Request(message.sid, data), time.monotonic())


async def serve() -> None:
    """Does jobs until standard input ends."""
    setproctitle("onethread bench platforms")
    twilio = Twilio()
    _tell({"twilio_port": await twilio.start()})
    jobs = asyncio.StreamReader(limit=2**28)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(jobs), sys.stdin)
    try:
        while line := await jobs.readline():
            _tell(await _do(json.loads(line), twilio))
    finally:
        await twilio.stop()


async def _do(job: Mapping[str, Any], twilio: Twilio) -> dict[str, Any]:
    if job["do"] == "received":
        told, twilio.received = twilio.received, []
        return {"received": told, "refused": twilio.refused}
    twilio.receipts = job["receipts"]
    messages = [Inbound(*fields) for fields in job["messages"]]
    requests = [Request(m.id, whole_request(m, job["port"]), m.due_s) for m in messages]
    cpu = time.process_time()
    if job["do"] == "flood":
        shots = await flood(job["port"], requests, job["connections"])
    else:
        shots = await stream(job["port"], requests)
    return {"shots": [astuple(shot) for shot in shots], "cpu_s": time.process_time() - cpu}


def _tell(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        uvloop.run(serve())
