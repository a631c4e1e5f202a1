"""Answers of the REST resources, in Twilio's shapes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import parse_qs, urlencode

from simulator.http import Response

from .messages import HeardMessage, SentMessage

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
    21655: "The ContentSid is invalid",
    21656: "The ContentVariables are invalid",
    63007: "No channel with this From address",
}


def as_json(value: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, json.dumps(value).encode(), "application/json")


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
    return as_json(message.resource(account_sid), 201)


def listed(
    account_sid: str, messages: Sequence[SentMessage | HeardMessage], query: Mapping[str, str]
) -> Response:
    """A page of the list, newest first; filters To, From and `DateSent>` (a day)."""
    day = query.get("DateSent>", "")
    found = [
        message.resource(account_sid)
        for message in sorted(messages, key=lambda message: message.created, reverse=True)
        if query.get("To", message.to) == message.to
        and query.get("From", message.sender) == message.sender
        and message.created.strftime("%Y-%m-%d") >= day
    ]
    size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
    path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
    after = urlencode({**query, "Page": page + 1, "PageToken": f"PA{page + 1}"})
    return as_json(
        {
            "messages": found[page * size : (page + 1) * size],
            "page": page,
            "page_size": size,
            "next_page_uri": f"{path}?{after}" if len(found) > (page + 1) * size else None,
        }
    )


def media_listed(account_sid: str, message: HeardMessage) -> Response:
    """The files of a message."""
    folder = f"/2010-04-01/Accounts/{account_sid}/Messages/{message.sid}/Media"
    files = [
        {
            "sid": f"ME{file.id}",
            "parent_sid": message.sid,
            "account_sid": account_sid,
            "content_type": file.content_type,
            "uri": f"{folder}/ME{file.id}.json",
        }
        for file in message.files
    ]
    return as_json({"media_list": files, "page": 0, "next_page_uri": None})


def request_of(body: bytes) -> tuple[SentMessage, Mapping[str, str]]:
    """The message a create request asks for, and all it says."""
    form = parse_qs(body.decode(), keep_blank_values=True)
    said = {name: values[0] for name, values in form.items()}
    message = SentMessage(
        to=said.get("To", ""),
        sender=said.get("From", ""),
        body=said.get("Body", ""),
        callback=said.get("StatusCallback", ""),
        media=tuple(form.get("MediaUrl", [])),
        template=said.get("ContentSid", ""),
    )
    return message, said


def sending_error(body: bytes, number: str, opted_out: Collection[str]) -> tuple[SentMessage, int]:
    """The SMS a create request asks for, and the error code it earns; 0 when it earns none."""
    message, _ = request_of(body)
    return message, sms_problem(message, number, opted_out)


def sms_problem(message: SentMessage, number: str, opted_out: Collection[str]) -> int:
    """The error code an SMS earns; 0 when it earns none."""
    if message.sender != number:
        return 21606
    if not _E164.fullmatch(message.to):
        return 21211
    return 21610 if message.to in opted_out else text_problem(message)


def text_problem(message: SentMessage) -> int:
    """The error code of what a message says, on any channel."""
    if not message.body.strip() and not message.media:
        return 21602
    return 21617 if units(message.body) > 1600 else 0


def units(text: str) -> int:
    """Length as Twilio's limits count, read strictly: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
