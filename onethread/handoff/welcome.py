"""`/desk/welcome/<token>`: the one-time link, which makes the first administrator or sets a password."""

from __future__ import annotations

import re

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import html

from onethread.storage import agents
from onethread.storage.agents import Agent
from onethread.web.forms import field
from onethread.web.templates import Templates

from .onboarding import hash_token
from .passwords import SHORTEST, Passwords, PasswordUnfit
from .ports import DeskHouse
from .sessions import DeskSessions
from .signing import enter

_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,189}")


def add_routes(
    routes: Blueprint, *, house: DeskHouse, templates: Templates, sessions: DeskSessions, passwords: Passwords
) -> None:
    """The page of a link, and what it does once."""
    engine = house.engines.web

    def welcome_html(agent: Agent | None, problem: str, email: str = "", name: str = "") -> str:
        return templates.render(
            "desk/welcome.html", agent=agent, problem=problem, email=email, name=name, shortest=SHORTEST
        )

    @routes.get("/welcome/<token:str>")
    async def welcome_page(request: Request, token: str) -> HTTPResponse:
        async with engine.connect() as conn:
            link = await agents.read_link(conn, hash_token(token))
        if link is None:
            return html(templates.render("desk/link_over.html"), status=404)
        return html(welcome_html(link.agent, ""))

    @routes.post("/welcome/<token:str>")
    async def welcome(request: Request, token: str) -> HTTPResponse:
        async with engine.connect() as conn:
            link = await agents.read_link(conn, hash_token(token))
        if link is None:
            return html(templates.render("desk/link_over.html"), status=404)
        email, name = field(request, "email").strip(), field(request, "name").strip()
        try:
            if link.agent is None:
                _check_person(email, name)
            password_hash = await passwords.hash(field(request, "password"))
        except PasswordUnfit as unfit:
            return html(welcome_html(link.agent, str(unfit), email, name), status=400)
        async with engine.begin() as conn:
            # The link is taken in the transaction that uses it: of two at once one finds it gone.
            agent = link.agent
            if not await agents.use_link(conn, hash_token(token)):
                agent = None
            elif agent is not None:
                await agents.set_password(conn, agent.id, password_hash)
            else:
                agent = await agents.add_first_admin(
                    conn, email=email, name=name, password_hash=password_hash
                )
            if agent is not None:
                await agents.record(conn, "link.used", agent_id=agent.id)
        if agent is None:
            return html(templates.render("desk/link_over.html"), status=404)
        made = await sessions.open(agent)
        return enter(house, "/desk", made.token)


def _check_person(email: str, name: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise PasswordUnfit("Please give an e-mail address.")
    if not 0 < len(name) <= 80:
        raise PasswordUnfit("Please give a name of at most 80 characters.")
