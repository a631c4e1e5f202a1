"""`/desk`: signing in, the lists, a thread, and the acts on it."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from sanic import Blueprint, HTTPResponse, Request, Websocket
from sanic.exceptions import Forbidden, Unauthorized
from sanic.response import html, json, redirect

from onethread.ids import CustomerId
from onethread.storage.addresses import living
from onethread.storage.agents import Session
from onethread.web.forms import field
from onethread.web.kinds import App
from onethread.web.origins import is_same_origin
from onethread.web.templates import Templates

from . import files, pages, signing, welcome
from .acts import Desk, Refused
from .joining import Joining
from .live import DeskFeed
from .passwords import Passwords
from .ports import DeskHouse
from .sessions import COOKIE, DeskSessions
from .socket import serve

_OPEN_ROUTES = frozenset({"sign_in_page", "sign_in", "welcome_page", "welcome"})
Act = Callable[[Desk, Session, CustomerId, Request], Awaitable[None]]


def blueprint(house: DeskHouse, templates: Templates, own: frozenset[str]) -> Blueprint:
    """The desk of this house."""
    routes = Blueprint("desk", url_prefix="/desk")
    passwords = Passwords()
    sessions = DeskSessions(house.engines.web, passwords)
    feed = DeskFeed(house.engines.web, house.valkey)
    desk = Desk(house)
    show = pages.Pages(house, templates)

    @routes.on_request
    async def guard(request: Request) -> HTTPResponse | None:
        """Nothing here without a session; nothing is changed without our own page and its secret word."""
        name = request.route.name.rpartition(".")[2] if request.route else ""
        is_socket = name == "live"
        if (request.method == "POST" or is_socket) and not is_same_origin(request.headers, own):
            raise Forbidden("foreign origin", quiet=True)
        if name in _OPEN_ROUTES:
            return None
        session = await sessions.find(request.cookies.get(COOKIE))
        if session is None:
            if request.method == "GET" and not is_socket and "x-fragment" not in request.headers:
                return redirect(f"/desk/sign-in?next={request.path}")
            raise Unauthorized("sign in", quiet=True)
        if request.method == "POST":
            given = request.headers.get("x-csrf") or field(request, "csrf")
            if not hmac.compare_digest(given.encode(), session.csrf.encode()):
                raise Forbidden("form too old", quiet=True)
        request.ctx.session = session
        return await _follow(house, request)

    signing.add_routes(routes, house=house, templates=templates, sessions=sessions)
    welcome.add_routes(routes, house=house, templates=templates, sessions=sessions, passwords=passwords)

    files.add_routes(routes, house)
    _add_pages(routes, show)

    def add_act(name: str, act: Act) -> None:
        async def run(request: Request, customer_id: UUID) -> HTTPResponse:
            wants_json = "application/json" in request.headers.get("accept", "")
            try:
                await act(desk, request.ctx.session, CustomerId(customer_id), request)
            except Refused as refused:
                if wants_json:
                    return json({"error": str(refused)}, status=409)
                page = await show.desk(
                    request.ctx.session, pages.shelf_of(request), customer_id, problem=str(refused)
                )
                return html(page, status=409)
            if wants_json:
                return json({"done": name})
            return redirect(f"/desk/c/{customer_id}?shelf={pages.shelf_of(request)}", status=303)

        routes.add_route(run, f"/c/<customer_id:uuid>/{name}", methods=("POST",), name=name.replace("-", "_"))

    add_act("take", lambda d, s, c, r: d.take(s.agent, c))
    add_act("answer", lambda d, s, c, r: d.answer(s.agent, c, field(r, "text"), _request_id(r), _files(r)))
    add_act("note", lambda d, s, c, r: d.note(s.agent, c, field(r, "text")))
    add_act("hand-back", lambda d, s, c, r: d.hand_back(s.agent, c))
    add_act("resolve", lambda d, s, c, r: d.hand_back(s.agent, c, resolved=True))
    add_act("release", lambda d, s, c, r: d.release(s.agent, c))
    _add_joining(add_act, Joining(house.engines, house.fanout))

    async def live(request: Request, wire: Websocket) -> None:
        await serve(wire, feed, desk, request.ctx.session, lambda: sessions.find(request.cookies.get(COOKIE)))

    routes.add_websocket_route(live, "/live", name="live")
    _run_beside(routes, feed)
    return routes


def _add_pages(routes: Blueprint, show: pages.Pages) -> None:
    @routes.get("/")
    async def queue(request: Request) -> HTTPResponse:
        return html(await show.desk(request.ctx.session, pages.shelf_of(request), None))

    @routes.get("/c/<customer_id:uuid>")
    async def thread(request: Request, customer_id: UUID) -> HTTPResponse:
        shelf = pages.shelf_of(request)
        now = await show.living(customer_id)
        if now != customer_id:
            return redirect(f"/desk/c/{now}?shelf={shelf}")
        page = await show.desk(
            request.ctx.session,
            shelf,
            customer_id,
            before=pages.before_of(request),
            find=pages.find_of(request),
        )
        return html(page)

    @routes.get("/notices")
    async def notices(request: Request) -> HTTPResponse:
        return html(await show.notices())

    @routes.get("/fragments/list")
    async def list_fragment(request: Request) -> HTTPResponse:
        return html(await show.list_fragment(request.ctx.session, pages.shelf_of(request)))

    @routes.get("/fragments/thread/<customer_id:uuid>")
    async def thread_fragment(request: Request, customer_id: UUID) -> HTTPResponse:
        shelf, find = pages.shelf_of(request), pages.find_of(request)
        return html(await show.thread_fragment(request.ctx.session, shelf, customer_id, find))


async def _follow(house: DeskHouse, request: Request) -> HTTPResponse | None:
    """Whoever was found to be a customer known before is shown, and answered, as that one."""
    asked = request.match_info.get("customer_id")
    if not isinstance(asked, UUID):
        return None
    async with house.engines.web.connect() as conn:
        now = await living(conn, CustomerId(asked))
    if now == asked:
        return None
    query = f"?{request.query_string}" if request.query_string else ""
    # 307: the same act, with its text, for the same person.
    status = 307 if request.method == "POST" else 302
    return redirect(f"{request.path.replace(str(asked), str(now))}{query}", status=status)


def _add_joining(add_act: Callable[[str, Act], None], joining: Joining) -> None:
    add_act("link", lambda _, s, c, r: joining.link(s.agent, c, field(r, "other")))
    add_act("unlink", lambda _, s, c, r: joining.undo(s.agent, c, field(r, "link"), field(r, "reason")))
    add_act("accept-link", lambda _, s, c, r: joining.decide(s.agent, c, field(r, "link"), accept=True))
    add_act("refuse-link", lambda _, s, c, r: joining.decide(s.agent, c, field(r, "link"), accept=False))


def _run_beside(routes: Blueprint, feed: DeskFeed) -> None:
    running: list[asyncio.Task[None]] = []

    @routes.before_server_start
    async def start(_: App) -> None:
        running.append(asyncio.create_task(feed.run()))

    @routes.before_server_stop
    async def stop(_: App) -> None:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _request_id(request: Request) -> UUID:
    try:
        return UUID(field(request, "request_id"))
    except ValueError:
        return uuid4()


def _files(request: Request) -> list[UUID]:
    """The files to send; what is no id is no file of ours."""
    given = request.form.getlist("file", []) if request.form else []
    try:
        return [UUID(name) for name in given]
    except ValueError:
        return [UUID(int=0)]
