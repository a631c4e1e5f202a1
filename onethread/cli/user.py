"""`onethread user`: the people of the desk with their one-time links, and the programs with their tokens."""

from __future__ import annotations

import argparse
import asyncio
import sys

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from onethread.handoff.onboarding import make_link
from onethread.handoff.roles import ROLES
from onethread.settings import Settings, SettingsError
from onethread.storage import agents, api_tokens
from onethread.storage.engine import database_url


def main(argv: list[str]) -> int:
    """0: done; 1: the database cannot be reached, or there is no such person; 2: wrong use or settings."""
    parser = argparse.ArgumentParser(prog="onethread user", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="add a person and print a link that sets his password")
    add.add_argument("email")
    add.add_argument("--name", help="what customers read; default: the e-mail's first part")
    add.add_argument("--role", choices=ROLES, default="agent")
    commands.add_parser("list", help="list everybody")
    reset = commands.add_parser("reset", help="sign a person out and print a link that sets a new password")
    reset.add_argument("email")
    token = commands.add_parser("token", help="make a token for a program that uses /api/v1, and print it")
    token.add_argument("name", help="what the audit calls it")
    revoke = commands.add_parser("revoke", help="let the tokens of this name open nothing any more")
    revoke.add_argument("name")
    commands.add_parser("tokens", help="list every token, without its secret")
    given = parser.parse_args(argv)
    try:
        settings = Settings.load()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        return asyncio.run(_run(given, settings))
    except OperationalError:
        sys.stderr.write("The database cannot be reached.\n")
        return 1


async def _run(given: argparse.Namespace, settings: Settings) -> int:
    engine = create_async_engine(database_url(settings.database_url), poolclass=NullPool)
    async with engine.begin() as conn:
        match given.command:
            case "add":
                return await _add(conn, given, settings.public_url)
            case "reset":
                return await _reset(conn, given.email, settings.public_url)
            case "token":
                return await _token(conn, given.name)
            case "revoke":
                return await _revoke(conn, given.name)
            case "tokens":
                return await _tokens(conn)
            case _:
                return await _list(conn)


async def _add(conn: AsyncConnection, given: argparse.Namespace, public_url: str) -> int:
    name = given.name or given.email.partition("@")[0]
    made = await agents.add_agent(conn, email=given.email, name=name, role=given.role)
    if made is None:
        sys.stderr.write(f"{given.email} is there already.\n")
        return 1
    await agents.record(conn, "user.added", agent_id=None, email=made.email, role=made.role)
    sys.stdout.write(f"{await make_link(conn, public_url, made.id)}\n")
    return 0


async def _reset(conn: AsyncConnection, email: str, public_url: str) -> int:
    found = await agents.find_agent(conn, email)
    if found is None:
        sys.stderr.write(f"Nobody has the e-mail {email}.\n")
        return 1
    await agents.end_sessions(conn, found[0].id)
    await agents.record(conn, "user.reset", agent_id=None, email=found[0].email)
    sys.stdout.write(f"{await make_link(conn, public_url, found[0].id)}\n")
    return 0


async def _token(conn: AsyncConnection, name: str) -> int:
    token = await api_tokens.make_token(conn, name)
    await agents.record(conn, "token.made", agent_id=None, token=name)
    sys.stdout.write(f"{token}\n")
    return 0


async def _revoke(conn: AsyncConnection, name: str) -> int:
    if not await api_tokens.revoke_token(conn, name):
        sys.stderr.write(f"There is no token {name}.\n")
        return 1
    await agents.record(conn, "token.revoked", agent_id=None, token=name)
    return 0


async def _tokens(conn: AsyncConnection) -> int:
    for token in await api_tokens.list_tokens(conn):
        used = f"last used {token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never used"
        sys.stdout.write(f"{token.name}  {used}{'  (revoked)' if token.revoked_at else ''}\n")
    return 0


async def _list(conn: AsyncConnection) -> int:
    for agent in await agents.list_agents(conn):
        state = "" if agent.active else "  (inactive)"
        password = "" if agent.has_password else "  (no password yet)"
        sys.stdout.write(f"{agent.email}  {agent.role}  {agent.name}{password}{state}\n")
    return 0
