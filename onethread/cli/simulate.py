"""`onethread simulate`: a fake Twilio and a page with phones, so that SMS is tried with no account."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence

from setproctitle import setproctitle

from simulator.phones import PhonesPage
from simulator.twilio import FakeTwilio

DEFAULT_PORT = 8810
DEMO_NUMBER = "+15550009000"
DEMO_ACCOUNT_SID = "AC00000000000000000000000000000001"
# As slow as a phone network looks, so that states can be seen changing.
_STEP_S = 0.7


def main(argv: Sequence[str]) -> int:
    """Run until Ctrl-C; 2 when it cannot start."""
    try:
        arguments = _parse(argv, os.environ)
    except ValueError as error:
        print(f"simulate: {error}", file=sys.stderr)  # noqa: T201
        return 2
    setproctitle("onethread simulator")
    try:
        return asyncio.run(_serve(arguments))
    except OSError as error:
        print(f"simulate: port {arguments.port} cannot be used: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 2


def _parse(argv: Sequence[str], env: Mapping[str, str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="onethread simulate", description=__doc__)
    parser.add_argument("--port", type=int, default=int(env.get("ONETHREAD_SIMULATOR_PORT") or DEFAULT_PORT))
    parser.add_argument(
        "--public-url",
        default=env.get("ONETHREAD_PUBLIC_URL", ""),
        help="the house's ONETHREAD_PUBLIC_URL, for which webhooks are signed",
    )
    parser.add_argument(
        "--house",
        default=env.get("ONETHREAD_HOUSE_URL", ""),
        help="where the house really listens (default: its public URL)",
    )
    arguments = parser.parse_args(argv)
    arguments.account_sid = env.get("TWILIO_ACCOUNT_SID") or DEMO_ACCOUNT_SID
    arguments.auth_token = env.get("TWILIO_AUTH_TOKEN", "")
    arguments.number = env.get("TWILIO_SMS_FROM") or DEMO_NUMBER
    missing = [
        name
        for name, value in (
            ("TWILIO_AUTH_TOKEN", arguments.auth_token),
            ("ONETHREAD_PUBLIC_URL (or --public-url)", arguments.public_url),
        )
        if not value
    ]
    if missing:
        raise ValueError(f"missing {' and '.join(missing)}; `onethread up` sets them by itself.")
    return arguments


async def _serve(arguments: argparse.Namespace) -> int:
    fake = FakeTwilio(
        account_sid=arguments.account_sid,
        auth_token=arguments.auth_token,
        number=arguments.number,
        house_url=arguments.public_url.rstrip("/"),
        deliver_to=arguments.house.rstrip("/"),
        step_s=_STEP_S,
    )
    PhonesPage(fake)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await fake.start(arguments.port)
    print(f"Phones: {fake.api_url}/", flush=True)  # noqa: T201
    try:
        await stop.wait()
    finally:
        await fake.stop()
    return 0
