"""`onethread web` (started by `up`): the one process that faces the internet."""

from __future__ import annotations

import sys

import setproctitle

from connectors.registry import ConnectorsIncomplete
from onethread import garbage, logs
from onethread.app import House
from onethread.settings import Settings, SettingsError, environment
from onethread.web.app import create_app
from onethread.web.wire import Protocol


def main(argv: list[str]) -> int:
    """Serve until SIGTERM or SIGINT. 2: wrong use or settings."""
    if argv:
        sys.stderr.write("usage: onethread web\n")
        return 2
    setproctitle.setproctitle("onethread web")
    env = environment()
    logs.configure("web", env=env)
    try:
        settings = Settings.load(env)
        house = House.build(settings)
        app = create_app(house)
    except (SettingsError, ConnectorsIncomplete) as error:
        sys.stderr.write(f"{error}\n")
        return 2

    @app.after_server_start
    async def settle(_: object) -> None:
        garbage.settle()

    @app.after_server_stop
    async def close(_: object) -> None:
        await house.close()

    app.run(
        host=settings.host,
        port=settings.port,
        protocol=Protocol,
        single_process=True,
        access_log=False,
        motd=False,
        debug=False,
    )
    return 0
