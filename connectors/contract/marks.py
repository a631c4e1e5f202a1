"""The marks that writers of answers may use, and how a value is kept from being read as one.

`**bold**` within one line and 500 signs, `[label](https://..)`, and a backslash before `*`, `[`, `]` or
another backslash for the sign itself. Whatever is not a whole mark is text. There is no italic: underscores
stand in names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SIGNS = re.compile(r"[\\*\[\]]")
_ESCAPED = r"\\[\\*\[\]]"
_MARK = re.compile(
    rf"(?P<sign>{_ESCAPED})"
    rf"|\*\*(?=[^\s*])(?P<bold>(?:{_ESCAPED}|[^\\\n]|\\(?![\\*\[\]])){{1,500}}?)(?<!\s)\*\*"
    rf"|\[(?P<label>(?:{_ESCAPED}|[^\\\[\]\n])+)\]\((?P<link>https://(?:{_ESCAPED}|[^\s()\\])+)\)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` is bold, or leads to `link` when there is one. Spans may lie within each other.

    In `Part.spans` offsets are UTF-16 code units, as Telegram's entities and JavaScript's strings have them.
    """

    start: int
    end: int
    link: str = ""


def literal(value: str) -> str:
    """A value as it must be written into a marked text, so that no sign in it is read as a mark."""
    return _SIGNS.sub(r"\\\g<0>", value)


def read_marks(text: str, *, links: bool) -> tuple[str, tuple[Span, ...]]:
    """The text without its marks, and what they say, offsets in code points.

    `links`: links are wanted as spans; else each is spelled out as "label: https://..".
    """
    said: list[str] = []
    spans: list[Span] = []
    read_to = start = 0
    for mark in _MARK.finditer(text):
        said.append(text[read_to : mark.start()])
        start += mark.start() - read_to
        read_to = mark.end()
        if mark["bold"] is not None:
            shown, within = read_marks(mark["bold"], links=links)
            spans.append(Span(start, start + len(shown)))
            spans += [Span(start + span.start, start + span.end, span.link) for span in within]
        elif mark["label"] is not None:
            shown, link = _bare(mark["label"]), _bare(mark["link"])
            if links:
                spans.append(Span(start, start + len(shown), link))
            else:
                shown = link if shown == link else f"{shown}: {link}"
        else:
            shown = mark["sign"][1]
        said.append(shown)
        start += len(shown)
    return "".join(said) + text[read_to:], tuple(spans)


def without_marks(text: str) -> str:
    """What a marked text says to somebody who sees plain text only."""
    return read_marks(text, links=False)[0]


def _bare(text: str) -> str:
    return re.sub(r"\\([\\*\[\]])", r"\1", text)
