"""Answers of the REST resources, in Twilio's shapes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import parse_qs

from simulator.http import Response

from .messages import SentMessage

_E164 = re.compile(r"\+[1-9]\d{4,14}")
_REASONS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' phone number",
    21602: "Message body is required",
    21606: "The 'From' phone number is not yours",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The message body exceeds the 1600 character limit",
}


def refused(status: int, code: int, headers: Mapping[str, str] | None = None) -> Response:
    """An error answer."""
    body = {
        "code": code,
        "message": _REASONS.get(code, "Refused"),
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Response(status, json.dumps(body).encode(), "application/json", headers or {})


def created(account_sid: str, message: SentMessage) -> Response:
    """The answer to a create request."""
    return Response(201, json.dumps(message.resource(account_sid)).encode(), "application/json")


def listed(account_sid: str, sent: Sequence[SentMessage], query: Mapping[str, str]) -> Response:
    """A page of the list, newest first; filters To, From and `DateSent>` (a day)."""
    day = query.get("DateSent>", "")
    found = [
        message.resource(account_sid)
        for message in reversed(sent)
        if query.get("To", message.to) == message.to
        and query.get("From", message.sender) == message.sender
        and message.created.strftime("%Y-%m-%d") >= day
    ]
    page = {"messages": found[: int(query.get("PageSize", "50"))], "page": 0, "next_page_uri": None}
    return Response(200, json.dumps(page).encode(), "application/json")


def sending_error(body: bytes, number: str, opted_out: Collection[str]) -> tuple[SentMessage, int]:
    """The message a create request asks for, and the error code it earns; 0 when it earns none."""
    form = parse_qs(body.decode(), keep_blank_values=True)

    def one(name: str) -> str:
        return form.get(name, [""])[0]

    message = SentMessage(
        to=one("To"),
        sender=one("From"),
        body=one("Body"),
        callback=one("StatusCallback"),
        media=tuple(form.get("MediaUrl", [])),
    )
    if message.sender != number:
        return message, 21606
    if not _E164.fullmatch(message.to):
        return message, 21211
    if message.to in opted_out:
        return message, 21610
    if not message.body.strip() and not message.media:
        return message, 21602
    units = len(message.body.encode("utf-16-le")) // 2
    return message, 21617 if units > 1600 else 0
