"""Signing in and out."""

from __future__ import annotations

import re

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import html, redirect

from onethread.web.forms import field
from onethread.web.peers import peer_of
from onethread.web.templates import Templates

from .ports import DeskHouse
from .sessions import ABSOLUTE_S, COOKIE, DeskSessions, SignInRefused, TooManyTries

_PLACES = re.compile(r"/desk(/c/[0-9a-f-]{36})?/?")


def safe_next(wanted: str) -> str:
    """Where to go after signing in: only a page of the desk. Pure."""
    return wanted if _PLACES.fullmatch(wanted) else "/desk"


def enter(house: DeskHouse, place: str, token: str) -> HTTPResponse:
    """Sends the browser to a page of the desk with its new session."""
    answer = redirect(place, status=303)
    answer.add_cookie(
        COOKIE,
        token,
        path="/desk",
        httponly=True,
        samesite="Lax",
        secure=house.settings.public_url.startswith("https://"),
        max_age=ABSOLUTE_S,
    )
    return answer


def add_routes(routes: Blueprint, *, house: DeskHouse, templates: Templates, sessions: DeskSessions) -> None:
    """`/desk/sign-in`, `/desk/sign-out`, `/desk/sign-out-everywhere`."""

    def leave() -> HTTPResponse:
        answer = redirect("/desk/sign-in", status=303)
        answer.delete_cookie(COOKIE, path="/desk")
        return answer

    @routes.get("/sign-in")
    async def sign_in_page(request: Request) -> HTTPResponse:
        page = templates.render(
            "desk/sign_in.html", next=safe_next(request.args.get("next", "")), email="", problem=""
        )
        return html(page)

    @routes.post("/sign-in")
    async def sign_in(request: Request) -> HTTPResponse:
        email, password = field(request, "email"), field(request, "password")
        place = safe_next(field(request, "next"))
        try:
            made = await sessions.sign_in(email, password, peer=peer_of(request, house.settings.proxies))
        except SignInRefused:
            problem, status = "This e-mail and password do not belong together.", 403
        except TooManyTries:
            problem, status = "Too many tries. Wait five minutes and try again.", 429
        else:
            return enter(house, place, made.token)
        page = templates.render("desk/sign_in.html", next=place, email=email, problem=problem)
        return html(page, status=status)

    @routes.post("/sign-out")
    async def sign_out(request: Request) -> HTTPResponse:
        await sessions.sign_out(request.cookies.get(COOKIE) or "", request.ctx.session.agent.id)
        return leave()

    @routes.post("/sign-out-everywhere")
    async def sign_out_everywhere(request: Request) -> HTTPResponse:
        await sessions.sign_out_everywhere(request.ctx.session.agent.id)
        return leave()
