"""Builds a house for tests of pages and starts its web process inside the test's own loop."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from connectors.registry import build
from onethread.app import House
from onethread.settings import Settings
from onethread.supervisor.ports import free_port
from onethread.web.app import create_app
from onethread.web.wire import Protocol
from tests.fakes.rasa import SECRET

_names = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Site:
    """A running web process."""

    house: House
    url: str

    @property
    def socket_url(self) -> str:
        """The chat socket."""
        return f"ws{self.url.removeprefix('http')}/chat/socket"


def make_house(
    database_url: str,
    redis_url: str,
    data_dir: Path,
    port: int,
    *,
    rasa_urls: tuple[str, ...] = (),
    secret: str = "",
    **env: str,
) -> House:
    """A house with web chat and a Twilio account, on these stores; `rasa_urls`: fake Rasa rooms.

    `secret`: that of another house on the same database, which must have the same.
    """
    secret = secret or secrets.token_hex(32)
    public_url = f"http://127.0.0.1:{port}"
    settings = Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key=SecretStr(secret),
        internal_secret=SecretStr(SECRET),
        public_url=public_url,
        data_dir=data_dir,
        rasa_urls=rasa_urls,
        port=port,
    )
    doors = build(
        {
            "ONETHREAD_SECRET_KEY": secret,
            "ONETHREAD_PUBLIC_URL": public_url,
            "REDIS_URL": redis_url,
            "WEBCHAT_SHOP_NAME": "Demo Shop",
            "WEBCHAT_HANDSHAKES_PER_MINUTE": "1000",
            "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
            "TWILIO_AUTH_TOKEN": "a-token-of-a-test",
            "TWILIO_SMS_FROM": "+15550009000",
            **env,
        }
    )
    return House.build(settings, connectors=doors)


@asynccontextmanager
async def open_site(house: House, **config: object) -> AsyncIterator[Site]:
    """Serves this house until the block ends; the house stays the caller's. `config`: Sanic's, changed."""
    app = create_app(house, name=f"onethread-test-{next(_names)}")
    # It rewrites the framework's code once per process; here one process starts many apps.
    app.config.update(TOUCHUP=False, **config)
    server = await app.create_server(
        host="127.0.0.1",
        port=house.settings.port,
        protocol=Protocol,
        return_asyncio_server=True,
        access_log=False,
    )
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.start_serving()
    await server.after_start()
    try:
        yield Site(house, house.settings.public_url)
    finally:
        await server.before_stop()
        closing = server.close()
        for connection in tuple(server.connections):
            connection.abort()
        await server.after_stop()
        if closing is not None:
            closing.cancel()


def new_port() -> int:
    """A free port on loopback."""
    return free_port()
