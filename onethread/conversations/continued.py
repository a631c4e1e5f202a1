"""Recognises a customer who comes from another channel with a token of ours: pure. It grants nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onethread.identity.tokens import LinkToken, LinkTokens
from onethread.storage.inbox import Pending

SIGN = "\u21aa"
"""Stands in the thread for a token, which is nobody's to read."""
_START = "start"
"""What doors call a word that came with the opening of a chat."""


def take_tokens(
    rows: Sequence[Pending], tokens: LinkTokens, now: float
) -> tuple[list[Pending], list[LinkToken]]:
    """The messages without genuine tokens in them, and what those said; any other word is left as it is."""
    found: list[LinkToken] = []
    kept: list[Pending] = []
    for row in rows:
        detail = row.content.get("detail") or {}
        opened = tokens.check(str(detail.get(_START, "")), now)
        typed = tokens.find(row.text, now) if row.kind == "text" else None
        if opened is not None:
            found.append(opened)
            rest = {name: value for name, value in detail.items() if name != _START}
            kept.append(replace(row, text=SIGN, content={**row.content, "detail": rest}))
        elif typed is not None:
            found.append(typed[0])
            kept.append(replace(row, text=typed[1] or SIGN))
        else:
            kept.append(row)
    return kept, found


def words_of(rows: Sequence[Pending]) -> list[Pending]:
    """Those that say something beside a token."""
    return [row for row in rows if row.text != SIGN]
