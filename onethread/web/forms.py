"""Reads forms: a field is always a text, empty when it was not sent."""

from __future__ import annotations

from sanic import Request


def field(request: Request, name: str) -> str:
    """The first value of this field."""
    form = request.form
    value = form.get(name) if form is not None else None
    return value if isinstance(value, str) else ""
