"""The Content API: templates are made, fetched and filled; those the house makes are not approved."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.http import Request, Response
from simulator.threads import Choice

from .messages import SentMessage, new_sid
from .rest import as_json, refused, units

_VARIABLE = re.compile(r"\{\{(\w{1,16})\}\}")
_VALUE_MAX = 255


class Unfit(Exception):
    """A template that cannot be made, or filled; the text is for people."""


@dataclass(frozen=True, slots=True)
class Template:
    """One Content template. `approved`: it may be sent after 24 hours, too."""

    sid: str
    made: Mapping[str, Any]
    approved: bool = False

    def resource(self, account_sid: str) -> dict[str, object]:
        """Twilio's JSON of it."""
        return {"sid": self.sid, "account_sid": account_sid, **self.made}


@dataclass(slots=True)
class Contents:
    """The account's templates. `broken`: the whole API answers 503."""

    account_sid: str
    templates: dict[str, Template] = field(default_factory=dict)
    broken: bool = False

    def answer(self, request: Request) -> Response:
        """POST `/v1/Content`, GET `/v1/Content/<sid>`."""
        if self.broken:
            return Response(503, b"<html>down</html>", "text/html")
        sid = request.path.removeprefix("/v1/Content").strip("/")
        if request.method == "POST" and not sid:
            return self._make(request.body)
        template = self.templates.get(sid) if request.method == "GET" else None
        return as_json(template.resource(self.account_sid)) if template else refused(404, 20404)

    def approve(self, body: str) -> str:
        """A text that WhatsApp approved; its id."""
        made = {"friendly_name": "approved", "types": {"twilio/text": {"body": body}}}
        return self._keep(made, approved=True)

    def fill(self, message: SentMessage, variables: str) -> int:
        """Give a message what its template says; the error code this earns, 0 when none."""
        template = self.templates.get(message.template)
        if template is None:
            return 21655
        try:
            values = _values(variables)
            (kind, content), *_ = template.made["types"].items()
            message.body = _filled(content["body"], values)
            message.opener = _filled(content.get("button", ""), values)
            message.choices = tuple(
                Choice(_filled(item["id"], values), _filled(item.get("title") or item["item"], values))
                for item in content.get("actions") or content.get("items") or ()
            )
        except Unfit:
            return 21656
        too_many = kind == "twilio/quick-reply" and len(message.choices) > 3 and not template.approved
        return 63021 if too_many or units(message.body) > 1024 else 0

    def _make(self, body: bytes) -> Response:
        try:
            made = json.loads(body)
            _check(made)
        except (ValueError, KeyError, TypeError, AttributeError, Unfit):
            return refused(400, 20001)
        return as_json(self.templates[self._keep(made)].resource(self.account_sid), 201)

    def _keep(self, made: Mapping[str, Any], *, approved: bool = False) -> str:
        sid = new_sid("HX")
        self.templates[sid] = Template(sid, made, approved)
        return sid


def _check(made: Mapping[str, Any]) -> None:
    """Raises when Twilio would not take it."""
    (kind, content), *more = made["types"].items()
    actions, items = content.get("actions", []), content.get("items", [])
    limits = [
        (not more, "one type"),
        (kind in ("twilio/text", "twilio/quick-reply", "twilio/list-picker"), "a known type"),
        (0 < units(content["body"]) <= 1024, "a body"),
        (len(actions) <= 10 and len(items) <= 10, "ten choices"),
        (kind != "twilio/quick-reply" or actions, "a button"),
        (kind != "twilio/list-picker" or (items and 0 < units(content["button"]) <= 20), "an item"),
        (all(0 < units(action["title"]) <= 20 and len(action["id"]) <= 200 for action in actions), "titles"),
        (all(0 < units(item["item"]) <= 24 and len(item["id"]) <= 200 for item in items), "items"),
    ]
    if unfit := [name for fits, name in limits if not fits]:
        raise Unfit(", ".join(unfit))


def _values(variables: str) -> Mapping[str, str]:
    if not variables:
        return {}
    if "'" in variables:
        raise Unfit("an apostrophe was taken for a quote")
    try:
        values = json.loads(variables)
    except ValueError as error:
        raise Unfit("no JSON") from error
    if not isinstance(values, dict) or not all(
        isinstance(value, str) and value and units(value) <= _VALUE_MAX for value in values.values()
    ):
        raise Unfit("a value is empty or too long")
    return values


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise Unfit(f"no {match[1]}")
        return values[match[1]]

    return _VARIABLE.sub(value, text)
