"""Step "parse": one Telegram update as exactly one event of the contract.

Kinds: core.telegram.org/bots/api#update, read 2026-11. Updates are told apart by their exact id: ids start
anew somewhere else after a quiet week, so a higher one is not always the newer one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, MessageReactionUpdated, Update, User

from connectors.contract import (
    AccountNotice,
    Address,
    Consent,
    InboundEvent,
    InboundKind,
    InboundMessage,
    PayloadInvalid,
    Profile,
    WebhookRequest,
)

from .content import as_text, forwarded, read_content

KEY = "telegram"
_MANY = frozenset({"group", "supergroup", "channel"})
_USUAL: Mapping[str, Mapping[str, object]] = {
    "chat": {"type": "private"},
    "from": {"is_bot": False},
    "callback_query": {"chat_instance": ""},
    "sticker": {"type": "regular", "is_animated": False, "is_video": False},
}
# What the library raises on JSON that is not what it says it is.
_UNREADABLE = (AttributeError, LookupError, OSError, OverflowError, RecursionError, TypeError, ValueError)


def parse(request: WebhookRequest) -> Sequence[InboundEvent]:
    """Exactly one event; raises `PayloadInvalid` when it is no update at all."""
    try:
        raw = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise PayloadInvalid("not JSON") from error
    number = raw.get("update_id") if isinstance(raw, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise PayloadInvalid("no update: it has no number")
    return (_Reader(request.account, str(number), raw).read(),)


class _Reader:
    """One update on its way to one event."""

    def __init__(self, account: str, number: str, raw: Mapping[str, Any]) -> None:
        self._account, self._number, self._raw = account, number, raw
        self._what = next((name for name in raw if name != "update_id"), "nothing")
        inner = raw.get(self._what)
        self._inner: dict[str, Any] = dict(inner) if isinstance(inner, dict) else {}

    def read(self) -> InboundEvent:
        try:
            return self._understood(Update.de_json(_completed(self._raw), None))
        except _UNREADABLE:
            return self._unreadable()

    def _understood(self, update: Update) -> InboundEvent:
        if message := update.message or update.edited_message:
            return self._message(message, edited=update.message is None)
        if update.callback_query:
            return self._tap(update.callback_query)
        if update.message_reaction:
            return self._reaction(update.message_reaction)
        if update.my_chat_member:
            return self._membership(update.my_chat_member)
        return self._other(update)

    def _message(self, message: Message, *, edited: bool) -> InboundEvent:
        if not _is_private(message.chat):
            return self._group(message.chat.title)
        content = read_content(message, frozenset(self._inner))
        this = _message_id(message.chat.id, message.message_id)
        replied = message.reply_to_message
        reply_to = _message_id(message.chat.id, replied.message_id) if replied else None
        detail: dict[str, object] = {"message": this, **content.detail}
        if forwarded(message):
            detail["forwarded"] = True
        if album := as_text(message.media_group_id):
            detail["album"] = album
        return InboundMessage(
            provider_message_id=self._number,
            address=self._address(message.chat.id),
            kind=InboundKind.EDIT if edited else content.kind,
            text=content.text,
            media=content.media,
            profile=_profile(message.from_user, phone=content.phone),
            provider_time=(message.edit_date if edited else None) or message.date,
            # An edit names the message it changes.
            reply_to=this if edited else reply_to,
            # What was started or stopped by a message is not undone by rewriting it.
            consent=None if edited else content.consent,
            silent=content.silent,
            detail=detail,
        )

    def _tap(self, query: CallbackQuery) -> InboundEvent:
        """The message under the button may be too old to come along: the person is enough."""
        chat = query.message.chat if query.message else None
        if chat is not None and not _is_private(chat):
            return self._group(chat.title)
        tap = as_text(query.data)
        return InboundMessage(
            provider_message_id=self._number,
            address=self._address(query.from_user.id),
            kind=InboundKind.TAP,
            tap=tap,
            profile=_profile(query.from_user),
            reply_to=_message_id(chat.id, query.message.message_id) if chat and query.message else None,
            detail={"query": str(query.id)} | ({} if tap else {"why": "a button that is not ours"}),
        )

    def _reaction(self, reaction: MessageReactionUpdated) -> InboundEvent:
        if not _is_private(reaction.chat):
            return self._group(reaction.chat.title)
        emoji = " ".join(as_text(getattr(one, "emoji", None)) or "?" for one in reaction.new_reaction)
        return InboundMessage(
            provider_message_id=self._number,
            address=self._address(reaction.chat.id),
            kind=InboundKind.REACTION,
            text=emoji,
            profile=_profile(reaction.user),
            provider_time=reaction.date,
            reply_to=_message_id(reaction.chat.id, reaction.message_id),
            detail={} if emoji else {"removed": True},
        )

    def _membership(self, change: ChatMemberUpdated) -> InboundEvent:
        """Who blocks the bot has stopped it, who unblocks it has resumed; Telegram has done it already."""
        if not _is_private(change.chat):
            return self._group(change.chat.title)
        now = str(change.new_chat_member.status)
        consent = {"kicked": Consent.STOP, "left": Consent.STOP, "member": Consent.START}.get(now)
        told = {Consent.STOP: "blocked the bot", Consent.START: "unblocked the bot"}
        return InboundMessage(
            provider_message_id=self._number,
            address=self._address(change.chat.id),
            kind=InboundKind.SYSTEM,
            text=told[consent] if consent else f"is now {now} to the bot",
            profile=_profile(change.from_user),
            provider_time=change.date,
            consent=consent,
            silent=True,
        )

    def _other(self, update: Update) -> InboundEvent:
        """Kinds this door does not ask Telegram for; a person sees that they came."""
        chat, user = update.effective_chat, update.effective_user
        why = f"an update of the kind {self._what}"
        if chat is not None and (user is None or not _is_private(chat)):
            return self._group(chat.title)
        if user is not None and not user.is_bot:
            return InboundMessage(
                provider_message_id=self._number,
                address=self._address(user.id),
                kind=InboundKind.UNSUPPORTED,
                profile=_profile(user),
                silent=True,
                detail={"why": why},
            )
        return AccountNotice(self._number, subject=why)

    def _group(self, title: str | None) -> AccountNotice:
        """Not a customer, and its members do not write to us: noted without their words, never answered."""
        return AccountNotice(
            self._number,
            subject="an update from a group or channel",
            detail={"chat": as_text(title), "kind": self._what},
        )

    def _unreadable(self) -> InboundEvent:
        """Something in it is not as it should be; what was plainly said is kept, if one can see by whom."""
        why = f"an update of the kind {self._what} that could not be read"
        key = _private(self._inner.get("chat") or self._inner.get("from"))
        if key is None:
            return AccountNotice(self._number, subject=why, error=why)
        text = as_text(self._inner.get("text")) or as_text(self._inner.get("caption"))
        return InboundMessage(
            provider_message_id=self._number,
            address=self._address(key),
            kind=InboundKind.TEXT if text and self._what == "message" else InboundKind.UNSUPPORTED,
            text=text,
            silent=self._what != "message",
            detail={"why": why},
        )

    def _address(self, key: int) -> Address:
        return Address(connector=KEY, account=self._account, key=str(key))


def _completed(value: Any, name: str = "") -> Any:
    """The update with what the library insists on and older shapes do not have."""
    if isinstance(value, list):
        return [_completed(item, name) for item in value]
    if not isinstance(value, dict):
        return value
    usual = dict(_USUAL.get(name, {})) | ({"file_unique_id": ""} if "file_id" in value else {})
    return usual | {key: _completed(item, key) for key, item in value.items()}


def _is_private(chat: Chat) -> bool:
    return bool(chat.id > 0 and as_text(chat.type) not in _MANY)


def _profile(user: User | None, *, phone: str | None = None) -> Profile:
    if user is None:
        return Profile(phone=phone)
    parts = (as_text(user.first_name), as_text(user.last_name))
    return Profile(
        display_name=" ".join(part for part in parts if part),
        phone=phone,
        language=as_text(user.language_code) or None,
    )


def _private(peer: object) -> int | None:
    """The id of a person; groups and channels have negative ones."""
    key = peer.get("id") if isinstance(peer, dict) and as_text(peer.get("type")) not in _MANY else None
    return key if isinstance(key, int) and not isinstance(key, bool) and key > 0 else None


def _message_id(chat: int, message: int) -> str:
    """A message's number means something only with its chat."""
    return f"{chat}.{message}"
