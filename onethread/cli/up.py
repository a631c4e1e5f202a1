"""`onethread up`: the whole instance in the foreground."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import setproctitle

from onethread.settings import Settings, SettingsError, data_dir, environment
from onethread.supervisor import ports
from onethread.supervisor.claim import SUPERVISOR, claim, make_folders
from onethread.supervisor.console import Console
from onethread.supervisor.instance import Instance, Options
from onethread.supervisor.up import Up


def main(argv: list[str]) -> int:
    """0: stopped on request; 1: a part could not be started; 2: the settings or the options are wrong."""
    env = environment(beside_instance=False)
    options = _options(argv, env)
    console = Console()
    try:
        make_folders(options.data_dir)
        _check_settings(options, env)
        # Kept open: its lock says that this data directory is taken.
        with claim(options.data_dir, console.say):
            if ports.is_taken(options.host, options.port):
                raise SettingsError(
                    f"Port {options.port} on {options.host} is taken; choose another one with --port."
                )
            setproctitle.setproctitle("onethread up")
            try:
                return asyncio.run(Up(Instance.make(options, env), console).run())
            finally:
                (options.data_dir / "run" / SUPERVISOR).unlink(missing_ok=True)
    except (SettingsError, TimeoutError, OSError) as error:
        sys.stderr.write(f"onethread: {error}\n")
        return 2


def _options(argv: list[str], env: Mapping[str, str]) -> Options:
    parser = argparse.ArgumentParser(prog="onethread up", description="Start everything; Ctrl-C stops it.")
    default_port = env.get("ONETHREAD_PORT") or "8800"
    parser.add_argument("--port", type=_port, default=default_port, help="the public port (8800)")
    parser.add_argument(
        "--host", default=env.get("ONETHREAD_HOST") or ports.LOOPBACK, help="where it listens"
    )
    parser.add_argument("--data-dir", type=Path, default=data_dir(env), help="what must not be lost (var/)")
    parser.add_argument("--workers", type=_count, default=1, help="worker processes (1)")
    parser.add_argument("--rasa-processes", type=_count, default=1, help="Rasa processes (1)")
    parser.add_argument("--no-simulator", action="store_true", help="no fake platforms, no page with phones")
    parser.add_argument("--no-demo-shop", action="store_true", help="leave the shop's tables as they are")
    given = parser.parse_args(argv)
    return Options(
        data_dir=given.data_dir.absolute(),
        host=given.host,
        port=given.port,
        workers=given.workers,
        rasa_processes=given.rasa_processes,
        simulator=not given.no_simulator,
        demo_shop=not given.no_demo_shop,
    )


def _check_settings(options: Options, env: Mapping[str, str]) -> None:
    """Raises SettingsError for the first thing that a process of the house would refuse."""
    from connectors.registry import ConnectorsIncomplete, build

    instance = Instance.make(options, env)
    would_be = instance.child_env()
    would_be["DATABASE_URL"] = would_be["DATABASE_URL"] or "postgresql://later/x"
    would_be["REDIS_URL"] = would_be["REDIS_URL"] or "redis://later/0"
    Settings.load(would_be)
    try:
        build(would_be)
    except ConnectorsIncomplete as error:
        raise SettingsError(str(error)) from error


def _port(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def _count(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("a number of processes is from 1 to 64")
    return number
