"""`onethread simulate`: fake Twilio, Meta and Telegram, and a page with four phones to try them on."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from setproctitle import setproctitle

from simulator.phones import Line, PhonesPage, PhonesServer

DEFAULT_PORT = 8810
SHOP_WHATSAPP = "+15550009001"
# As slow as a phone network looks, so that states can be seen changing.
_STEP_S = 0.7
_RETRY_S = 2.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the simulator is started with."""

    port: int
    public_url: str
    house_url: str
    env: Mapping[str, str]


def main(argv: Sequence[str]) -> int:
    """Run until Ctrl-C; 2 when it cannot start."""
    try:
        wanted = _parse(argv, os.environ)
        lines = lines_of(wanted)
    except ValueError as error:
        print(f"simulate: {error}", file=sys.stderr)  # noqa: T201
        return 2
    setproctitle("onethread simulator")
    try:
        return asyncio.run(_serve(wanted, lines))
    except OSError as error:
        print(f"simulate: port {wanted.port} cannot be used: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 2


def _parse(argv: Sequence[str], env: Mapping[str, str]) -> Wanted:
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
    given = parser.parse_args(argv)
    if not given.public_url:
        raise ValueError("missing ONETHREAD_PUBLIC_URL (or --public-url); `onethread up` sets it by itself.")
    return Wanted(given.port, given.public_url.rstrip("/"), given.house.rstrip("/"), env)


def lines_of(wanted: Wanted) -> list[Line]:
    """The phones, one for each account whose `*_API_URL` is here. Must not: stand in for a real account.

    Raises ValueError when there is none.
    """
    env = wanted.env
    here = f"http://127.0.0.1:{wanted.port}"
    common: dict[str, Any] = {
        "house_url": wanted.public_url,
        "deliver_to": wanted.house_url,
        "step_s": _STEP_S,
        "retry_s": _RETRY_S,
    }
    makers = {"TWILIO_API_URL": _twilio, "WHATSAPP_API_URL": _meta, "TELEGRAM_API_URL": _telegram}
    lines = [
        line
        for (setting, make), path in zip(makers.items(), ("twilio", "meta", "telegram"), strict=True)
        if env.get(setting, "").rstrip("/") == f"{here}/{path}"
        for line in make(env, common)
    ]
    if not lines:
        raise ValueError(
            f"no door leads here: set TWILIO_API_URL={here}/twilio, WHATSAPP_API_URL={here}/meta or "
            f"TELEGRAM_API_URL={here}/telegram; `onethread up` does so where no account is configured."
        )
    return lines


def _twilio(env: Mapping[str, str], common: Mapping[str, Any]) -> list[Line]:
    from simulator.twilio import FakeTwilio

    number, whatsapp = env.get("TWILIO_SMS_FROM", ""), env.get("TWILIO_WHATSAPP_FROM", "")
    fake = FakeTwilio(
        account_sid=env["TWILIO_ACCOUNT_SID"],
        auth_token=env["TWILIO_AUTH_TOKEN"],
        number=number,
        whatsapp=whatsapp,
        **common,
    )
    lines = (Line("sms", fake, number), Line("whatsapp_twilio", fake, whatsapp))
    return [line for line in lines if line.address]


def _meta(env: Mapping[str, str], common: Mapping[str, Any]) -> list[Line]:
    from simulator.meta import FakeMeta

    fake = FakeMeta(
        phone_number_id=env["WHATSAPP_PHONE_NUMBER_ID"],
        access_token=env["WHATSAPP_ACCESS_TOKEN"],
        app_secret=env["WHATSAPP_APP_SECRET"],
        **common,
    )
    return [Line("whatsapp", fake, SHOP_WHATSAPP)]


def _telegram(env: Mapping[str, str], common: Mapping[str, Any]) -> list[Line]:
    from simulator.telegram import FakeTelegram

    fake = FakeTelegram(
        token=env["TELEGRAM_BOT_TOKEN"], secret_token=env.get("TELEGRAM_SECRET_TOKEN", ""), **common
    )
    # A link into an app would leave this machine, and may reach a stranger's bot of the same name.
    del fake.bot["username"]
    return [Line("telegram", fake, str(fake.bot["first_name"]))]


async def _serve(wanted: Wanted, lines: Sequence[Line]) -> int:
    platforms = list({line.platform.name: line.platform for line in lines}.values())
    server = PhonesServer(platforms, PhonesPage(lines, house_url=wanted.public_url))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await server.start(wanted.port)
    print(f"Phones: {server.url}/", flush=True)  # noqa: T201
    try:
        await stop.wait()
    finally:
        await server.stop()
    return 0
