"""Step "send": buttons and lists. WhatsApp shows them through Twilio only as Content templates.

A template is made once for each set of labels; text and ids go in as variables, of at most 255 characters
each (twilio.com/docs/content/using-variables-with-content-api, read 2026-11).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from connectors._shared.graphemes import graphemes, utf16_units
from connectors.contract import Button, Part

from .capabilities import CAPABILITIES

Json = dict[str, object]
_VALUE_MAX = 255


def is_showable(part: Part) -> bool:
    """Whether its labels can stand in a template as they are: two braces would name a variable."""
    return not any("{{" in button.title for button in part.buttons)


def template_of(part: Part) -> Json:
    """The request that makes the template for these choices; equal for all parts that can share it."""
    chunks = len(_chunks(part.text))
    body = "".join(f"{{{{{number}}}}}" for number in range(1, chunks + 1))
    ids = [f"{{{{{chunks + number}}}}}" for number in range(1, len(part.buttons) + 1)]
    kind, content = _buttons(part.buttons, ids)
    if len(part.buttons) > CAPABILITIES.buttons_max:
        kind, content = _list(part.buttons, ids)
    samples = {str(number): "-" for number in range(1, chunks + len(ids) + 1)}
    # No person reads the language; all labels of a set are one template, whatever they are written in.
    made: Json = {"language": "en", "variables": samples, "types": {kind: {"body": body, **content}}}
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    return {"friendly_name": f"onethread-{digest[:24]}", **made}


def variables_of(part: Part) -> str:
    """What fills the template of these choices: the text in pieces, then the ids."""
    return variables([*_chunks(part.text), *(button.tap for button in part.buttons)])


def variables(values: Sequence[str]) -> str:
    """`ContentVariables`: {{1}}, {{2}} .. in order. A bare apostrophe has been taken for a quote (21656)."""
    named = {str(number): value for number, value in enumerate(values, 1)}
    return json.dumps(named).replace("'", "\\u0027")


def _chunks(text: str) -> Sequence[str]:
    """Pieces within a variable's limit, none with white space at a cut, lest it is trimmed there."""
    chunks: list[str] = []
    held: list[str] = []
    used = cut = 0
    for grapheme in _pieces(text):
        if used + utf16_units(grapheme) > _VALUE_MAX:
            at = cut or len(held)
            chunks.append("".join(held[:at]))
            held, cut = held[at:], 0
            used = utf16_units("".join(held))
        if held and not held[-1].isspace() and not grapheme.isspace():
            cut = len(held)
        held.append(grapheme)
        used += utf16_units(grapheme)
    return [*chunks, "".join(held)]


def _pieces(text: str) -> Iterator[str]:
    """Graphemes, but for one that is longer than a variable: its code points."""
    for grapheme in graphemes(text):
        yield from grapheme if utf16_units(grapheme) > _VALUE_MAX else (grapheme,)


def _buttons(buttons: Sequence[Button], ids: Sequence[str]) -> tuple[str, Json]:
    actions = [
        {"type": "QUICK_REPLY", "title": button.title, "id": tap}
        for button, tap in zip(buttons, ids, strict=True)
    ]
    return "twilio/quick-reply", {"actions": actions}


def _list(buttons: Sequence[Button], ids: Sequence[str]) -> tuple[str, Json]:
    items = [{"item": button.title, "id": tap} for button, tap in zip(buttons, ids, strict=True)]
    # What opens the list needs a label, and numbers are the same in every language.
    return "twilio/list-picker", {"button": f"1-{len(items)}", "items": items}
