"""What a person does on the phone, as Twilio tells it and as the own phone shows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.acts import Act, ActRefused, Deed
from simulator.files import Shelf, StoredFile
from simulator.platform import cannot
from simulator.threads import Attachment, Bubble, Side

from .messages import FILES, SentMessage


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a customer, before Twilio wraps it. `more` are parameters of WhatsApp alone."""

    text: str = ""
    files: tuple[StoredFile, ...] = ()
    kind: str = "text"
    """Twilio's MessageType."""
    more: dict[str, str] = field(default_factory=dict)
    place: tuple[float, float] | None = None
    reply_to: str = ""

    def bubble(self, sid: str) -> Bubble:
        """What the sender's own phone shows."""
        shown = [Attachment(file.kind, f"{FILES}{file.id}", file.name) for file in self.files]
        if self.place:
            shown.append(Attachment("location", name=self.more.get("Label", ""), place=self.place))
        text = self.text if self.kind != "unsupported" else f"({self.kind})"
        return Bubble(Side.OUT, text, id=sid, attachments=tuple(shown), reply_to=self.reply_to)


def said_on_sms(act: Act, files: Shelf) -> Said:
    """Raises `ActRefused` for what a plain phone cannot do."""
    match act.do:
        case Deed.TEXT:
            return _text(act)
        case Deed.MEDIA:
            return _file(act, files)
        case _:
            raise cannot(act, "SMS")


def said_on_whatsapp(act: Act, files: Shelf, sent: list[SentMessage]) -> Said:
    """Raises `ActRefused` for what Twilio tells nothing of."""
    match act.do:
        case Deed.TEXT:
            return _text(act)
        case Deed.MEDIA | Deed.STICKER:
            return _file(act, files)
        case Deed.CONTACT:
            return _card(act, files)
        case Deed.LOCATION:
            place = {"Latitude": f"{act.latitude}", "Longitude": f"{act.longitude}"}
            named = {"Label": act.name} if act.name else {}
            return Said(kind="location", more=place | named, place=(act.latitude, act.longitude))
        case Deed.TAP:
            return tapped(next((item for item in sent if item.sid == act.bubble), None), act.choice)
        case Deed.UNSUPPORTED:
            return Said(kind="unsupported")
        case _:
            raise cannot(act, "WhatsApp through Twilio")


def tapped(message: SentMessage | None, choice: str) -> Said:
    """A button, or a row of a list; raises `ActRefused` when there is no such choice."""
    title = next((item.label for item in message.choices if item.id == choice), None) if message else None
    if message is None or title is None:
        raise ActRefused(f"no choice {choice!r} under this message")
    if message.opener:
        more = {"ListId": choice, "ListTitle": title}
    else:
        more = {"ButtonPayload": choice, "ButtonText": title}
    more["OriginalRepliedMessageSid"] = message.sid
    return Said(title, kind="interactive", more=more, reply_to=message.sid)


def _text(act: Act) -> Said:
    if not 0 < len(act.text) <= 4096:
        raise ActRefused("a text has 1 to 4096 characters")
    more = {"OriginalRepliedMessageSid": act.bubble} if act.bubble else {}
    return Said(act.text, more=more, reply_to=act.bubble)


def _file(act: Act, files: Shelf) -> Said:
    file = files.take(act.file)
    kind = "sticker" if act.do is Deed.STICKER else file.kind
    return Said(act.text, files=(file,), kind=kind)


def _card(act: Act, files: Shelf) -> Said:
    if not act.phone:
        raise ActRefused("a contact needs a phone")
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{act.name or act.phone}\r\nTEL:{act.phone}\r\nEND:VCARD\r\n"
    file = files.put(card.encode(), "text/vcard", f"{act.name or 'contact'}.vcf")
    return Said(files=(file,), kind="contacts")
