"""`onethread actions` (started by `up`): runs the assistant's actions for Rasa, on loopback only."""

from __future__ import annotations

import hmac
import logging
import sys
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import orjson
import setproctitle
import structlog
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import raw

from actions.dependencies import Dependencies, provide
from onethread import garbage, logs
from onethread.knowledge.files import KnowledgeFiles
from onethread.knowledge.titles import TitleFiles
from onethread.orders.demo_shop import DemoShop
from onethread.settings import ROOT, Settings, SettingsError, environment

SECRET_HEADER = "X-Onethread-Secret"  # noqa: S105 - the header's name
BODY_MAX = 4 * 1024 * 1024
_log = structlog.get_logger()


def main(argv: list[str]) -> int:
    """Serve until SIGTERM or SIGINT. 2: wrong use or settings."""
    if argv:
        sys.stderr.write("usage: onethread actions\n")
        return 2
    setproctitle.setproctitle("onethread actions")
    env = environment()
    logs.configure("actions", env=env)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    try:
        settings = Settings.load(env)
        port = urlsplit(settings.actions_url).port or settings.port
    except (SettingsError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    zone = ZoneInfo(settings.timezone)
    orders = DemoShop(settings.database_url, zone)
    provide(
        Dependencies(
            orders=orders,
            knowledge=KnowledgeFiles(ROOT / "content" / "faq"),
            titles=TitleFiles(ROOT / "content" / "clarify"),
            proof_key=proof_key(settings.secret_key.get_secret_value()),
            zone=zone,
        )
    )
    app = create_app(load_actions(), settings.internal_secret.get_secret_value())

    @app.after_server_start
    async def settle(_: object) -> None:
        garbage.settle()

    @app.after_server_stop
    async def close(_: object) -> None:
        await orders.close()

    app.run(host="127.0.0.1", port=port, single_process=True, access_log=False, motd=False, debug=False)
    return 0


def proof_key(secret: str) -> bytes:
    """The key of order proofs: derived, so that no other use of the secret can make one."""
    return hmac.new(secret.encode(), b"onethread order proof 1", sha256).digest()


def load_actions() -> ActionExecutor:
    """Every action below `actions/`, registered once."""
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


def create_app(executor: ActionExecutor, secret: str, name: str = "onethread_actions") -> Sanic[Any, Any]:
    """The server: `POST /webhook` as Rasa calls it, `GET /health`.

    Unlike rasa-sdk's own: asks for the shared secret before it reads a body, unpacks nothing, takes 4 MB at
    most, and never answers with an exception's words or the tracker it was sent.
    """
    app: Sanic[Any, Any] = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = BODY_MAX
    app.config.KEEP_ALIVE_TIMEOUT = 60
    expected = secret.encode()

    @app.on_request
    async def ask_for_secret(request: Request) -> HTTPResponse | None:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if request.path != "/health" and not hmac.compare_digest(given, expected):
            return _json({"error": "unauthorised"}, 401)
        if request.headers.get("content-encoding", "identity") != "identity":
            return _json({"error": "send it unpacked"}, 415)
        return None

    @app.get("/health")
    async def health(_: Request) -> HTTPResponse:
        return _json({"status": "ok"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        try:
            call = orjson.loads(request.body)
        except orjson.JSONDecodeError:
            return _json({"error": "not JSON"}, 400)
        if not isinstance(call, dict) or not call.get("next_action") or "tracker" not in call:
            return _json({"error": "not an action call"}, 400)
        return await _run(executor, call)

    @app.exception(Exception)
    async def fail(_: Request, error: Exception) -> HTTPResponse:
        if isinstance(error, SanicException):
            return _json({"error": type(error).__name__}, error.status_code)
        _log.error("actions.server.failed", exc_info=error)
        return _json({"error": "failed"}, 500)

    return app


async def _run(executor: ActionExecutor, call: dict[str, Any]) -> HTTPResponse:
    action = str(call["next_action"])
    try:
        result = await executor.run(call)
    except ActionExecutionRejection:
        return _json({"error": "rejected", "action_name": action}, 400)
    except ActionNotFoundException:
        _log.error("actions.action.unknown", action=action)
        return _json({"error": "unknown action", "action_name": action}, 404)
    except Exception as error:  # the edge of the process: told by its kind, kept in the log
        _log.error("actions.action.failed", action=action, customer=call.get("sender_id"), exc_info=error)
        return _json({"error": "failed", "action_name": action}, 500)
    return _json(result.model_dump() if result else {"events": [], "responses": []})


def _json(body: object, status: int = 200) -> HTTPResponse:
    return raw(orjson.dumps(body), status=status, content_type="application/json")
