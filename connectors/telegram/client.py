"""Step "send": this door's only platform I/O, over the library's `Bot`.

Limits on our side: connect 5 s, read 15 s, 20 s in all; while polling, the wait on top.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any
from urllib.parse import urlencode, urlsplit

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, MessageEntity
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from connectors.contract import (
    ContentRejected,
    Final,
    MediaSource,
    OutcomeUnknown,
    Part,
    PlatformUnavailable,
    SendError,
    Span,
)

from .capabilities import PHOTOS
from .errors import send_error
from .media import source
from .settings import Settings

_TOTAL_S = 20.0
_POLL_S = 20
_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")
"""What this door asks Telegram for; each has a meaning in `parse`."""


class Client:
    """One bot's side of the Bot API. No error of it carries the token or an address with it."""

    def __init__(self, settings: Settings) -> None:
        base = urlsplit(settings.api_url)
        self._settings = settings
        options = {
            # A proxy is for the world, not for a fake platform on this machine.
            "trust_env": base.hostname not in ("127.0.0.1", "::1", "localhost"),
            # Reading the certificates of the world takes a while; a plain-HTTP fake needs none.
            "verify": base.scheme != "http",
        }
        self._name = ""
        self._calls, self._polls = _Request(64, options), _Request(1, options)
        self._bot = Bot(
            settings.bot_token.get_secret_value(),
            base_url=f"{settings.api_url}/bot",
            base_file_url=f"{settings.api_url}/file/bot",
            request=self._calls,
            get_updates_request=self._polls,
        )

    async def send(self, chat: str, part: Part) -> str:
        """The id of the message; raises any `SendError`. Must not retry."""
        taken = await _clear(self._sending(chat, part), _TOTAL_S)
        return f"{taken.chat_id}.{taken.message_id}"

    def _sending(self, chat: str, part: Part) -> Awaitable[Message]:
        rows = [[InlineKeyboardButton(button.title, callback_data=button.tap)] for button in part.buttons]
        spans = [_entity(span) for span in part.spans] or None
        if not part.media:
            keyboard = InlineKeyboardMarkup(rows) if rows else None
            return self._bot.send_message(chat, part.text, entities=spans, reply_markup=keyboard)
        (item,) = part.media
        caption = part.text or None
        if item.content_type in PHOTOS:
            return self._bot.send_photo(chat, item.ref, caption=caption, caption_entities=spans)
        return self._bot.send_document(chat, item.ref, caption=caption, caption_entities=spans)

    async def typing(self, chat: str) -> None:
        """Three dots for five seconds, or until something is sent."""
        await _asked(self._bot.send_chat_action(chat_id=chat, action=ChatAction.TYPING))

    async def answer_tap(self, query: str) -> None:
        """Stop the button's waiting mark."""
        await _asked(self._bot.answer_callback_query(query))

    async def fetch(self, after: str) -> list[dict[str, Any]]:
        """Updates after this number, as they came; waits up to 20 s for the first. Raises `SendError`."""
        wanted = {"timeout": str(_POLL_S), "allowed_updates": json.dumps(_UPDATES)}
        if after:
            wanted["offset"] = str(int(after) + 1)
        # Not the library's own method: one update that it cannot read would take the others with it.
        found: object = await _asked(
            self._polls.post(
                f"{self._bot.base_url}/getUpdates?{urlencode(wanted)}", read_timeout=_POLL_S + 10.0
            ),
            limit_s=_POLL_S + 15.0,
        )
        if not isinstance(found, list):
            raise PlatformUnavailable("Telegram's list of updates could not be read")
        return [item for item in found if isinstance(item, dict) and isinstance(item.get("update_id"), int)]

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to `url`; what waits at Telegram comes there too."""
        await _asked(
            self._bot.set_webhook(
                url, secret_token=secret, allowed_updates=list(_UPDATES), drop_pending_updates=False
            )
        )

    async def delete_webhook(self) -> None:
        """Have updates wait to be fetched; none is lost."""
        await _asked(self._bot.delete_webhook(drop_pending_updates=False))

    async def locate(self, file_id: str) -> MediaSource:
        """Where a file can be fetched now; raises `SendError`."""
        try:
            file = await _asked(self._bot.get_file(file_id))
        except ContentRejected as error:
            raise Final(
                "Telegram no longer has the file, or it is larger than 20 MB", code=error.code
            ) from None
        return source(file.file_path, self._settings)

    async def name(self) -> str:
        """The bot's user name, asked for once; raises `SendError`."""
        if not self._name:
            self._name = (await _asked(self._bot.get_me())).username or ""
        return self._name

    async def check(self) -> str:
        """One sentence on the bot; raises `SendError`."""
        me = await _asked(self._bot.get_me())
        hook = await _asked(self._bot.get_webhook_info())
        way = f"posts to {urlsplit(hook.url).hostname}" if hook.url else "has no webhook"
        late = f", {hook.pending_update_count} updates wait" if hook.pending_update_count else ""
        return f"Telegram bot @{me.username} {way}{late}"

    async def close(self) -> None:
        await asyncio.gather(self._calls.shutdown(), self._polls.shutdown())


def _entity(span: Span) -> MessageEntity:
    kind = MessageEntity.TEXT_LINK if span.link else MessageEntity.BOLD
    return MessageEntity(kind, span.start, span.end - span.start, url=span.link or None)


async def _asked[T](call: Awaitable[T], limit_s: float = _TOTAL_S) -> T:
    """A request that may be made twice: without a clear answer it counts as not served."""
    try:
        return await _clear(call, limit_s)
    except OutcomeUnknown as error:
        raise PlatformUnavailable(str(error), code=error.code) from None


async def _clear[T](call: Awaitable[T], limit_s: float) -> T:
    """The answer; raises any `SendError`."""
    refusal: SendError
    try:
        async with asyncio.timeout(limit_s):
            return await call
    except TelegramError as error:
        refusal = send_error(error)
    except TimeoutError:
        refusal = OutcomeUnknown("no clear answer from Telegram in time")
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # The answer was a success and not what the library expects of one.
        refusal = OutcomeUnknown(f"Telegram's answer could not be read ({type(error).__name__})")
    raise refusal  # not `from` the library's error, whose text and cause may name the token


class _Request(HTTPXRequest):
    """The library's HTTP, which must not log the answers it cannot read."""

    def __init__(self, connections: int, options: dict[str, bool]) -> None:
        super().__init__(
            connection_pool_size=connections,
            connect_timeout=5.0,
            read_timeout=15.0,
            write_timeout=15.0,
            pool_timeout=5.0,
            httpx_kwargs=options,
        )

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            found = json.loads(payload)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise TelegramError("Invalid server response")
        return found
