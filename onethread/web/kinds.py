"""Names for the framework's types, so that signatures stay short."""

from __future__ import annotations

from typing import Any

from sanic import Sanic

type App = Sanic[Any, Any]
