"""`onethread doctor`: asks every part whether it would work, and says in one line each what to do if not."""

import argparse
import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import httpx
import psycopg
import redis.asyncio

from connectors.contract.connector import ChecksCredentials
from connectors.contract.errors import SendError
from connectors.registry import ConnectorsIncomplete, build
from onethread.settings import VARIABLES, Settings, SettingsError, data_dir, environment

_LIMIT_S = 10.0
_MORE_VARIABLES = {
    "ONETHREAD_LOG_LEVEL",
    "ONETHREAD_SIMULATOR_PORT",
    "ONETHREAD_HOUSE_URL",
    "ONETHREAD_RASA_PORT",
    "ONETHREAD_MODEL",
    "ONETHREAD_ACTION_TIMEOUT_S",
    "ONETHREAD_READY_FILE",
}
_PASSWORD_IN_URL = re.compile(r"(?<=://)[^/@]*@")


@dataclass(frozen=True, slots=True)
class Finding:
    """One part and how it is; `ok` False means that something must be done."""

    part: str
    ok: bool
    says: str


class Unwell(Exception):
    """A part would not work; the text says why."""


def main(argv: list[str]) -> int:
    """0: all would work; 1: something would not; 2: the settings are incomplete."""
    argparse.ArgumentParser(prog="onethread doctor", description="Check the installation.").parse_args(argv)
    env = environment()
    for name in unknown_variables(env):
        sys.stdout.write(f"note  settings     {name} is not a setting; is it misspelt?\n")
    try:
        settings = Settings.load(env)
        connectors = build(env)
    except (SettingsError, ConnectorsIncomplete) as error:
        sys.stdout.write(f"FAIL  settings     {error}\n")
        return 2
    where = f"data directory {data_dir(env)}, public address {settings.public_url}"
    checks: list[tuple[str, Callable[[], Awaitable[str]]]] = [
        ("postgres", lambda: _postgres(settings)),
        ("valkey", lambda: _valkey(settings)),
        *((f"rasa {number}", _rasa_check(url)) for number, url in enumerate(settings.rasa_urls, start=1)),
        *(
            (f"{key}/{account}", connector.check)
            for (key, account), connector in connectors.items()
            if isinstance(connector, ChecksCredentials)
        ),
    ]
    findings = [Finding("settings", True, where), *asyncio.run(_ask_all(checks))]
    for finding in findings:
        sys.stdout.write(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.part:<12} {finding.says}\n")
    return 0 if all(finding.ok for finding in findings) else 1


def unknown_variables(env: Mapping[str, str]) -> list[str]:
    """Variables that look like ours and mean nothing."""
    known = set(VARIABLES.values()) | _MORE_VARIABLES
    return sorted(name for name in env if name.startswith("ONETHREAD_") and name not in known)


async def _ask_all(checks: list[tuple[str, Callable[[], Awaitable[str]]]]) -> list[Finding]:
    return list(await asyncio.gather(*(_ask(part, check) for part, check in checks)))


async def _ask(part: str, check: Callable[[], Awaitable[str]]) -> Finding:
    try:
        async with asyncio.timeout(_LIMIT_S):
            return Finding(part, True, await check())
    except TimeoutError:
        return Finding(part, False, f"no answer within {_LIMIT_S:.0f} s")
    except (Unwell, SendError, SettingsError, psycopg.Error, redis.RedisError, httpx.HTTPError) as error:
        return Finding(part, False, _PASSWORD_IN_URL.sub("", f"{type(error).__name__}: {error}").strip())


async def _postgres(settings: Settings) -> str:
    from onethread.storage.migrate import newest

    async with await psycopg.AsyncConnection.connect(settings.database_url) as connection:
        server = await (await connection.execute("show server_version")).fetchone()
        try:
            revision = await (await connection.execute("select version_num from alembic_version")).fetchone()
        except psycopg.errors.UndefinedTable:
            revision = None
    if server is None or revision is None or revision[0] != newest():
        raise Unwell("the database is not at this version: run `bin/onethread migrate`")
    return f"PostgreSQL {server[0]}, at revision {revision[0]}"


async def _valkey(settings: Settings) -> str:
    async with redis.asyncio.Redis.from_url(settings.redis_url) as client:
        info = await client.info("server")
    return f"{info.get('server_name', 'redis')} {info.get('valkey_version') or info.get('redis_version')}"


def _rasa_check(url: str) -> Callable[[], Awaitable[str]]:
    async def check() -> str:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{url}/ready")
        if answer.status_code != httpx.codes.OK:
            raise Unwell("no model is loaded: run `bin/onethread train`")
        return f"model {answer.json().get('model')}"

    return check
