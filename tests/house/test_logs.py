"""No text, number or token of a customer goes into a log at info or above."""

from __future__ import annotations

import ast

from .tree import parse, sources

LEVELS = {"info", "warning", "error", "exception", "critical"}
FORBIDDEN = {
    "text",
    "body",
    "phone",
    "token",
    "password",
    "secret",
    "address_key",
    "key",
    "to",
    "from_",
    "email",
}


def test_log_calls_carry_no_customer_text_or_secret() -> None:
    told = []
    for path in sources("onethread", "connectors", "actions"):
        for node in ast.walk(parse(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in {"log", "logger", "_log", "LOG"}
            ):
                told += [f"{path}:{node.lineno}: {kw.arg}" for kw in node.keywords if kw.arg in FORBIDDEN]
    assert told == []


def test_nothing_is_printed_but_by_the_commands() -> None:
    told = [
        f"{path}:{node.lineno}"
        for path in sources("onethread", "connectors", "actions")
        if not str(path).startswith(("onethread/cli/", "onethread/supervisor/"))
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert told == []
