"""Step "render": fitting a message to a channel, reading nothing but its capabilities."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.contract import Button, Buttons, Capabilities, MediaRef, OutboundMessage, Part, TextUnit

from .graphemes import Measure, sendable, split_text, utf16_units


def degrade(message: OutboundMessage, capabilities: Capabilities) -> Sequence[Part]:
    """The message as platform requests, in order, each within every limit.

    Choices the channel cannot show become a numbered list (typing "2" or the label is the tap), files it
    cannot carry become a link with its caption, long text is cut at graphemes. Nothing but white space
    between two parts is ever dropped; a message with nothing in it gives no part.
    """
    media = message.media if capabilities.media else ()
    blocks = [sendable(message.text)] if message.text.strip() else []
    if not capabilities.media:
        blocks += [_link(item) for item in message.media]
    # Buttons hang on a text; without one they are a text themselves.
    native = bool(blocks) and _shows(message.buttons, capabilities)
    if message.buttons and not native:
        blocks.append(_numbered(message.buttons))
    texts = _split("\n\n".join(blocks), capabilities)
    if native:
        texts[-1:] = _with_room_for_choices(texts[-1], capabilities)
    if not texts:
        return (Part(text="", media=media),) if media else ()
    last = len(texts) - 1
    return tuple(
        Part(
            text=text,
            buttons=message.buttons if native and index == last else (),
            media=media if index == 0 else (),
        )
        for index, text in enumerate(texts)
    )


def _measure(capabilities: Capabilities) -> Measure:
    return utf16_units if capabilities.text_unit is TextUnit.UTF16 else len


def _with_room_for_choices(text: str, capabilities: Capabilities) -> list[str]:
    """The text, cut in two when it is too long for choices to hang on it."""
    limit, measure = capabilities.choices_text_max, _measure(capabilities)
    if limit is None or measure(text) <= limit:
        return [text]
    pieces = [piece for piece in split_text(text, limit, measure) if piece.strip()]
    return ["".join(pieces[:-1]), pieces[-1]] if len(pieces) > 1 else pieces


def _split(text: str, capabilities: Capabilities) -> list[str]:
    measure = _measure(capabilities)
    pieces = split_text(text, capabilities.text_max, measure)
    if capabilities.text_recommended is not None:
        pieces = [
            part for piece in pieces for part in _by_paragraph(piece, capabilities.text_recommended, measure)
        ]
    return [piece for piece in pieces if piece.strip()]


def _by_paragraph(text: str, recommended: int, measure: Measure) -> list[str]:
    """Paragraphs gathered up to the soft limit; one that is longer by itself stays whole."""
    gathered: list[str] = []
    for paragraph in text.split("\n\n"):
        if gathered and measure(gathered[-1]) + 2 + measure(paragraph) <= recommended:
            gathered[-1] = f"{gathered[-1]}\n\n{paragraph}"
        else:
            gathered.append(paragraph)
    return gathered


def _shows(buttons: Sequence[Button], capabilities: Capabilities) -> bool:
    """Whether the channel shows these choices itself: few and short enough, and each told from the others."""
    if capabilities.buttons is not Buttons.NATIVE or not buttons:
        return False
    as_list = len(buttons) > capabilities.buttons_max
    title_max = capabilities.list_title_max if as_list else capabilities.button_title_max
    titles, measure = [button.title for button in buttons], _measure(capabilities)
    return (
        len(buttons) <= max(capabilities.buttons_max, capabilities.list_max)
        and len(set(titles)) == len(titles)
        and all(title.strip() and "\n" not in title and measure(title) <= title_max for title in titles)
        and all(len(button.tap.encode()) <= capabilities.tap_id_max_bytes for button in buttons)
    )


def _numbered(buttons: Sequence[Button]) -> str:
    return "\n".join(f"{number}. {sendable(button.title)}" for number, button in enumerate(buttons, 1))


def _link(item: MediaRef) -> str:
    return sendable(f"{item.caption}\n{item.ref}" if item.caption else item.ref)
