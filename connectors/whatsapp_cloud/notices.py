"""Step "parse": what is nobody's message: about the account, in a group, or unreadable. People see it."""

from __future__ import annotations

import json

from connectors.contract import AccountNotice

from .json_reading import Json, digest, text_of, time_of

_DETAIL_MAX = 4_000
"""Characters of JSON kept for people; the whole body is kept apart, encrypted, for seven days."""
_SAYS = (
    "event",
    "status",
    "title",
    "message",
    "reason",
    "message_template_name",
    "display_phone_number",
    "current_limit",
    "new_quality_score",
)


def account_notice(subject: str, value: Json, scope: object) -> AccountNotice:
    """An event of the account, such as a template's approval; Meta gives those no id."""
    said = [found for name in _SAYS if (found := text_of(value, name))]
    whole = len(json.dumps(value, default=str)) <= _DETAIL_MAX
    return AccountNotice(
        notice_id=f"notice-{digest(scope, subject, value)}",
        subject=subject or "unnamed event",
        text=", ".join(said),
        at=time_of(value),
        detail=dict(value) if whole else {"left_out": "too long"},
    )


def group_notice(message: Json) -> AccountNotice:
    """Groups are not served: what is said there is not for the assistant."""
    return AccountNotice(
        notice_id=text_of(message, "id") or f"notice-{digest(message)}",
        subject="message in a group",
        at=time_of(message),
        detail={"type": text_of(message, "type")},
    )


def unreadable(why: str, *element: object) -> AccountNotice:
    """An element of a signed batch that nobody can read: kept dead, so that the others live."""
    return AccountNotice(notice_id=f"unreadable-{digest(*element)}", subject="unreadable", error=why)
