"""Step 1 of the walk: a platform's request comes in, is kept, and is answered at once."""

from __future__ import annotations

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, text
from sqlalchemy.exc import SQLAlchemyError

from connectors.contract import AnswersHandshake, SignatureInvalid, UnknownAccount, WebhookRequest
from onethread.app import House
from onethread.ingress.accept import accept

log = structlog.get_logger()


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

    async def receive(request: Request, connector: str, account: str = "default") -> HTTPResponse:
        try:
            door = house.connector(connector, account)
        except UnknownAccount:
            return text("unknown account\n", status=404)
        webhook = contract_request(request, public_url=house.settings.public_url, account=account)
        try:
            if request.method == "GET":
                return _handshake(door, webhook)
            await accept(house.engines.web, house.vault, door, webhook)
        except SignatureInvalid:
            log.warning("web.webhook.refused", connector=connector, account=account)
            return text("signature invalid\n", status=403)
        except UnknownAccount:
            return text("unknown account\n", status=404)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.error("web.webhook.unavailable", connector=connector, error=type(error).__name__)
            return text("try again later\n", status=503, headers={"retry-after": "5"})
        return empty(status=200)

    for path in ("/<connector:str>", "/<connector:str>/<account:str>"):
        name = "with_account" if "account" in path else "default_account"
        routes.add_route(receive, path, methods=("POST", "GET"), name=name)
    return routes


def _handshake(door: object, webhook: WebhookRequest) -> HTTPResponse:
    if not isinstance(door, AnswersHandshake):
        return text("this connector has no handshake\n", status=405, headers={"allow": "POST"})
    return text(door.handshake(webhook))
