"""What the bot may send, and what Telegram refuses."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from simulator.files import Shelf
from simulator.forms import Form
from simulator.threads import Attachment

from .messages import FILES, SentMessage, buttons_of

SENDING: Mapping[str, str] = MappingProxyType(
    {
        "sendMessage": "",
        "sendPhoto": "photo",
        "sendDocument": "document",
        "sendVideo": "video",
        "sendAudio": "audio",
        "sendVoice": "voice",
        "sendAnimation": "animation",
        "sendSticker": "sticker",
    }
)
"""Method -> the parameter that holds its file."""
_SHOWN_AS = {"photo": "image", "voice": "audio", "animation": "video"}
_TEXT_MAX, _CAPTION_MAX = 4096, 1024


class SendRefused(ValueError):
    """A bad request; the text is Telegram's description."""


def message_of(method: str, form: Form, files: Shelf, number: int) -> SentMessage:
    """The message of a request; raises `SendRefused`."""
    said = form.texts
    chat = int(said["chat_id"]) if said.get("chat_id", "").lstrip("-").isdigit() else 0
    if not chat:
        raise SendRefused("Bad Request: chat not found")
    parameter = SENDING[method]
    text = said.get("caption" if parameter else "text", "").strip()
    longest = _CAPTION_MAX if parameter else _TEXT_MAX
    if not parameter and not text:
        raise SendRefused("Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > longest:
        raise SendRefused(f"Bad Request: message {'caption ' if parameter else ''}is too long")
    try:
        buttons = buttons_of(said.get("reply_markup", ""))
    except (ValueError, KeyError, TypeError):
        raise SendRefused("Bad Request: BUTTON_DATA_INVALID") from None
    file = _file(parameter, form, files) if parameter else None
    return SentMessage(chat, number, text, buttons, file)


def _file(parameter: str, form: Form, files: Shelf) -> Attachment:
    """An upload, a file Telegram holds already, or an address it fetches from."""
    kind = _SHOWN_AS.get(parameter, parameter)
    named = form.texts.get(parameter, "")
    upload = form.files.get(named.removeprefix("attach://")) or form.files.get(parameter)
    if upload:
        kept = files.put(upload.content, upload.content_type, upload.name)
        return Attachment(kind, f"{FILES}{kept.id}", upload.name)
    if named.startswith(("http://", "https://")):
        return Attachment(kind, named)
    if held := files.get(named):
        return Attachment(kind, f"{FILES}{held.id}", held.name)
    raise SendRefused("Bad Request: wrong remote file identifier specified")
