"""Step 1 of the walk: a platform's request comes in, is kept, and is answered at once."""

from __future__ import annotations

import time

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import PayloadTooLarge
from sanic.response import empty, text
from sqlalchemy.exc import SQLAlchemyError

from connectors.contract import AnswersHandshake, Connector, SignatureInvalid, UnknownAccount, WebhookRequest
from onethread.app import House
from onethread.ingress.accept import accept

from .access import leave_out
from .limits import Counts, Lines

log = structlog.get_logger()

IN_FLIGHT_MAX = 64
"""Requests of one account being kept at once; what a house does in about 0.1 s."""
_LINES = (10, 60.0)


def contract_request(request: Request, *, public_url: str, account: str) -> WebhookRequest:
    """The request as connectors see it: the URL is the configured one, whatever Host or proxies say."""
    query = request.query_string
    path = request.raw_url.decode("latin-1").partition("?")[0]
    return WebhookRequest(
        method=request.method,
        url=f"{public_url}{path}{'?' + query if query else ''}",
        account=account,
        query=query,
        headers={name.lower(): ", ".join(request.headers.getall(name)) for name in request.headers},
        body=request.body,
    )


def blueprint(house: House) -> Blueprint:
    """`/webhooks/<connector>/<account>`; the account may be left out."""
    routes = Blueprint("webhooks", url_prefix="/webhooks")
    gate = _Gate(house)

    async def receive(request: Request, connector: str, account: str = "default") -> HTTPResponse:
        return await gate.receive(request, connector, account)

    for path in ("/<connector:str>", "/<connector:str>/<account:str>"):
        name = "with_account" if "account" in path else "default_account"
        # As a stream: the body is read when we know how much of it this door takes.
        routes.add_route(receive, path, methods=("POST", "GET"), name=name, stream=True)
    return routes


class _Gate:
    """Lets in what a platform signed, as much as the house can keep."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._in_flight = Counts(IN_FLIGHT_MAX)
        self._lines = Lines(*_LINES)

    async def receive(self, request: Request, connector: str, account: str) -> HTTPResponse:
        """Answer one request to a door."""
        try:
            door = self._house.connector(connector, account)
            if request.method == "GET":
                return _handshake(door, self._contract(request, account))
            if request.headers.get("content-encoding", "identity").lower() != "identity":
                # Signatures are over the bytes as sent, and a small packed body may be a huge one.
                return text("send it unpacked\n", status=415)
            await _read_body(request, door.capabilities.webhook_max_bytes)
            return await self._keep(door, self._contract(request, account))
        except SignatureInvalid:
            if not self._warn("web.webhook.refused", connector, account):
                leave_out(request)
            return text("signature invalid\n", status=403)
        except UnknownAccount:
            return text("unknown account\n", status=404)

    def _contract(self, request: Request, account: str) -> WebhookRequest:
        return contract_request(request, public_url=self._house.settings.public_url, account=account)

    async def _keep(self, door: Connector, webhook: WebhookRequest) -> HTTPResponse:
        """A platform that does not come again is not sent away from a crowd: it waits for the database."""
        place = f"{door.key}/{door.account}"
        has_place = self._in_flight.enter(place)
        if not has_place and door.capabilities.redelivers:
            self._warn("web.webhook.crowded", door.key, door.account)
            return _later()
        try:
            await accept(self._house.engines.web, self._house.vault, door, webhook)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            self._warn("web.webhook.unavailable", door.key, door.account, error=type(error).__name__)
            return _later()
        finally:
            if has_place:
                self._in_flight.leave(place)
        return empty(status=200)

    def _warn(self, event: str, connector: str, account: str, **more: str) -> bool:
        """One line, unless there were many; strangers can cause as many as they like."""
        left_out = self._lines.take(f"{event} {connector}/{account}", time.monotonic())
        if left_out is None:
            return False
        log.warning(event, connector=connector, account=account, left_out=left_out, **more)
        return True


async def _read_body(request: Request, max_bytes: int) -> None:
    """Raises before reading when the length is told, else as soon as there is more than this."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > max_bytes:
        raise PayloadTooLarge
    if request.stream is not None:
        request.stream.request_max_size = max_bytes
    await request.receive_body()  # type: ignore[no-untyped-call]


def _later() -> HTTPResponse:
    return text("try again later\n", status=503, headers={"retry-after": "5"})


def _handshake(door: object, webhook: WebhookRequest) -> HTTPResponse:
    if not isinstance(door, AnswersHandshake):
        return text("this connector has no handshake\n", status=405, headers={"allow": "POST"})
    return text(door.handshake(webhook))
