"""Step "render": fitting a message to a channel, reading nothing but its capabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connectors.contract import Button, Buttons, Capabilities, MediaRef, OutboundMessage, Part, TextUnit

from .graphemes import Measure, head_of, sendable, utf16_units
from .marked import Marked, read, write


def degrade(message: OutboundMessage, capabilities: Capabilities) -> Sequence[Part]:
    """The message as platform requests, in order, each within every limit.

    Choices become buttons, else a list, else numbered lines ("2" or the label typed back is the tap). A file
    goes along with its caption, else its link is said. Long text is cut at graphemes, bold is bold on both
    sides of a cut. Nothing but white space between two parts is ever dropped; a message with nothing in it
    gives no part.
    """
    if message.template and capabilities.templates:
        return (Part(text=message.text, template=message.template),)
    files, said = _files(message.media, capabilities)
    text = read(message, capabilities.marks)
    buttons = tuple(replace(button, title=sendable(button.title)) for button in message.buttons)
    if len(files) == 1 and not said and not buttons and _is_caption(text, files[0], capabilities):
        return (_part(text, capabilities, media=files),)
    native = _shows(buttons, capabilities) and bool(text.text.strip() or said)
    if buttons and not native:
        said.append(_numbered(buttons))
    return (
        *(Part(text=item.caption, media=(replace(item, caption=""),)) for item in files),
        *_texts(_followed_by(text, said), buttons if native else (), capabilities),
    )


def _texts(text: Marked, buttons: tuple[Button, ...], capabilities: Capabilities) -> list[Part]:
    """The text in parts, the choices under the last one."""
    pieces = _fitting(text, capabilities.text_max, capabilities)
    if pieces and buttons and capabilities.choices_text_max is not None:
        whole = pieces.pop()
        last = _fitting(whole, capabilities.choices_text_max, capabilities)[-1]
        head = whole.cut(0, len(whole.text) - len(last.text))
        pieces += [piece for piece in (head, last) if piece.text.strip()]
    return [
        _part(piece, capabilities, buttons=buttons if number == len(pieces) else ())
        for number, piece in enumerate(pieces, 1)
    ]


def _fitting(text: Marked, limit: int, capabilities: Capabilities) -> list[Marked]:
    """Pieces that are within the limit once written; the last one is never blank."""
    fitting: list[Marked] = []
    rest = Marked(text.text.rstrip(), text.spans)
    while rest.text:
        piece = _head(rest, limit, capabilities)
        fitting += [piece] if piece.text.strip() else []
        rest = rest.cut(len(piece.text), len(rest.text))
    return fitting


def _head(text: Marked, limit: int, capabilities: Capabilities) -> Marked:
    """The first piece, cut shorter until there is room for what is written into it."""
    measure, room = _measure(capabilities), limit
    while True:
        piece = text.cut(0, len(head_of(text.text, room, measure)))
        over = measure(write(piece, capabilities.marks)[0]) - limit
        if over <= 0:
            return piece
        if room <= limit // 4:  # More marks than text: the text is what counts.
            return Marked(piece.text)
        room = max(room - over, room // 2)


def _part(
    text: Marked,
    capabilities: Capabilities,
    *,
    buttons: tuple[Button, ...] = (),
    media: tuple[MediaRef, ...] = (),
) -> Part:
    written, spans = write(text, capabilities.marks)
    return Part(text=written, buttons=buttons, media=media, spans=spans)


def _measure(capabilities: Capabilities) -> Measure:
    return utf16_units if capabilities.text_unit is TextUnit.UTF16 else len


def _files(media: Sequence[MediaRef], capabilities: Capabilities) -> tuple[tuple[MediaRef, ...], list[str]]:
    """Files as they can go, and what has to be said in words: links, and captions that cannot go along."""
    files: list[MediaRef] = []
    said: list[str] = []
    for item in media:
        caption = sendable(item.caption)
        if not _goes(item, capabilities):
            said.append(f"{caption}\n{sendable(item.ref)}".strip())
            continue
        if not _fits_under(caption, item, capabilities):
            said, caption = [*said, caption], ""
        files.append(replace(item, caption=caption))
    return tuple(files), said


def _goes(item: MediaRef, capabilities: Capabilities) -> bool:
    """Whether the platform takes such a file; it fetches only what has a web address."""
    files = capabilities.files
    return (
        files is not None
        and item.ref.startswith(("https://", "http://"))
        and item.content_type.startswith(files.types)
    )


def _fits_under(caption: str, item: MediaRef, capabilities: Capabilities) -> bool:
    files = capabilities.files
    if not caption or files is None:
        return True
    return (
        not (files.uncaptioned and item.content_type.startswith(files.uncaptioned))
        and _measure(capabilities)(caption) <= files.caption_max
    )


def _is_caption(text: Marked, item: MediaRef, capabilities: Capabilities) -> bool:
    written, _ = write(text, capabilities.marks)
    return bool(text.text.strip()) and not item.caption and _fits_under(written, item, capabilities)


def _followed_by(text: Marked, blocks: Sequence[str]) -> Marked:
    shown = [text.text] if text.text.strip() else []
    return Marked("\n\n".join([*shown, *blocks]), text.spans if shown else ())


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
    return "\n".join(f"{number}. {button.title}" for number, button in enumerate(buttons, 1))
