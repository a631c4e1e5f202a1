"""What a person or a program sees when a request cannot be answered: a clear page or one JSON object."""

from __future__ import annotations

import structlog
from sanic import HTTPResponse, Request
from sanic.exceptions import SanicException
from sanic.response import html, json
from sqlalchemy.exc import SQLAlchemyError

from .access import route_of
from .kinds import App
from .templates import Templates

log = structlog.get_logger()

_SAYS = {
    400: ("That request could not be read", "Go back and try again."),
    401: ("Please sign in", "Your session is over. Sign in and try again."),
    403: ("That is not allowed", "You do not have the right to do this, or the form was too old."),
    404: ("There is no such page", "Check the address, or start from the front page."),
    405: ("That does not work here", "This address does not take that kind of request."),
    413: ("That is too large", "Send less at once."),
    429: ("Too many tries", "Wait a minute and try again."),
    503: ("Not available just now", "We are back in a moment. Please try again."),
}
_UNKNOWN = ("Something went wrong", "It was noted. Please try again.")


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def install(app: App, templates: Templates) -> None:
    """Answers every exception that leaves a route."""

    @app.exception(Exception)
    async def answer(request: Request, error: Exception) -> HTTPResponse:
        headers: dict[str, str] = {}
        if isinstance(error, SanicException):
            status = error.status_code or 500
            headers.update(getattr(error, "headers", None) or {})
        elif isinstance(error, (SQLAlchemyError, TimeoutError, OSError)):
            status = 503
            log.error("web.request.unavailable", route=route_of(request), error=type(error).__name__)
        else:
            status = 500
            log.exception("web.request.failed", route=route_of(request))
        if status == 503:
            headers["retry-after"] = "5"
        title, says = _SAYS.get(status, _UNKNOWN)
        if _wants_page(request):
            page = templates.render("error.html", status=status, title=title, says=says)
            return html(page, status=status, headers=headers)
        return json({"error": title, "status": status}, status=status, headers=headers)
