"""Commands to the fake over HTTP, for tests and benchmarks that run it as a process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simulator.http import Request, Response

if TYPE_CHECKING:
    from .fake import FakeTwilio


class Control:
    """`/control/faults` (POST a fault, DELETE all), `/control/sms` (POST), `/control/sent` (GET, DELETE)."""

    def __init__(self, fake: FakeTwilio) -> None:
        self._fake = fake

    async def handle(self, request: Request) -> Response:
        """One command; 400 with a sentence when it makes no sense."""
        try:
            said: Any = json.loads(request.body) if request.body else {}
            return await self._obey(request, said)
        except (ValueError, TypeError, KeyError) as error:
            return Response(400, f"{type(error).__name__}: {error}".encode())

    async def _obey(self, request: Request, said: Any) -> Response:
        fake = self._fake
        match request.method, request.path:
            case "POST", "/control/faults":
                fake.faults.add(said.pop("kind"), **said)
                return Response(204)
            case "DELETE", "/control/faults":
                fake.faults.clear()
                return Response(204)
            case "POST", "/control/sms":
                status = await fake.send_sms(said["from"], said["text"])
                return _json({"status": status})
            case "GET", "/control/sent":
                return _json(
                    [message.resource(fake.account_sid) | {"oid": message.oid} for message in fake.sent]
                )
            case "DELETE", "/control/sent":
                fake.sent.clear()
                return Response(204)
            case _:
                return Response(404)


def _json(value: object) -> Response:
    return Response(200, json.dumps(value).encode(), "application/json")
