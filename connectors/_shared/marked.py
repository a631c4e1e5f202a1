"""Step "render": a text and what is bold or a link in it, cut and written down as a channel has it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from connectors.contract import Marks, OutboundMessage, Span
from connectors.contract.marks import read_marks

from .graphemes import sendable, utf16_units


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without marks, and its spans with offsets in code points."""

    text: str
    spans: tuple[Span, ...] = ()

    def cut(self, start: int, end: int) -> Marked:
        """What stands in `text[start:end]`; a span over a border goes on on both sides of it."""
        within = (
            replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)
            for span in self.spans
            if span.start < end and start < span.end
        )
        return Marked(self.text[start:end], tuple(within))


def read(message: OutboundMessage, marks: Marks) -> Marked:
    """The message's text, its marks read when it has any; links as spans only where the channel has them."""
    text = sendable(message.text)
    if not message.marks:
        return Marked(text)
    return Marked(*read_marks(text, links=marks is Marks.SPANS))


def write(marked: Marked, marks: Marks) -> tuple[str, tuple[Span, ...]]:
    """The text as it is sent, and what goes beside it."""
    if marks is Marks.SPANS:
        return marked.text, tuple(_in_utf16(marked.text, span) for span in marked.spans)
    if marks is Marks.WHATSAPP:
        return _with_asterisks(marked), ()
    return marked.text, ()


def _in_utf16(text: str, span: Span) -> Span:
    start = utf16_units(text[: span.start])
    return replace(span, start=start, end=start + utf16_units(text[span.start : span.end]))


def _with_asterisks(marked: Marked) -> str:
    """WhatsApp's bold, left out where WhatsApp would show the asterisks or take one for a link's end.

    It reads them only around whole words of one line, and has no way to write a literal one: a text with
    `*such words*` of its own is bold there (faq.whatsapp.com/539178204879377, read 2026-11).
    """
    text, written, read_to = marked.text, [], 0
    for span in marked.spans:
        bold = text[span.start : span.end].strip()
        start = text.index(bold, span.start)
        end = start + len(bold)
        around = text[:start][-1:] + text[end:][:1]
        spoiled = "*" in bold + around or "://" in bold
        if bold and not spoiled and not any(character.isalnum() for character in around):
            written += [text[read_to:start], f"*{bold}*"]
            read_to = end
    return "".join(written) + text[read_to:]
