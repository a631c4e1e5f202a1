"""The door against the fake over a real socket: every answer Telegram gives, in the contract's words."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import AsyncIterator

import pytest

from connectors.contract import (
    Address,
    Button,
    ContentRejected,
    CredentialsRejected,
    MediaRef,
    OffersLink,
    OutboundMessage,
    Part,
    PlatformUnavailable,
    RecipientUnreachable,
    SendError,
)
from connectors.telegram.connector import Telegram
from simulator.telegram import FakeTelegram

from .door import ENV, door

TO = Address("telegram", "default", "77")
TOKEN = ENV["TELEGRAM_BOT_TOKEN"]


@pytest.fixture
async def platform() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=TOKEN) as fake:
        yield fake


@pytest.fixture
async def bot(platform: FakeTelegram) -> AsyncIterator[Telegram]:
    built = door(TELEGRAM_API_URL=platform.api_url)
    yield built
    await built.close()


async def test_a_text_arrives_as_it_was_written(platform: FakeTelegram, bot: Telegram) -> None:
    text = "Ünïcödé 漢字 👨‍👩‍👧‍👦 <b>a+b=c&d%20</b> *_[x](y)\nline"
    sent = await bot.send(TO, Part(text), oid="1")
    assert (platform.sent[0].chat, platform.sent[0].text) == (77, text)
    assert sent.provider_message_id == f"77.{platform.sent[0].number}"


async def test_a_link_opens_a_chat_with_the_bot_and_asks_for_its_name_once(
    platform: FakeTelegram, bot: Telegram
) -> None:
    assert isinstance(bot, OffersLink)
    for _ in range(2):
        link = await bot.link_with("Ab_-9")
        assert link is not None and re.fullmatch(r"https://t\.me/\w+\?start=Ab_-9", link)
    assert [name for name, _ in platform.calls] == ["getMe"]


async def test_bold_and_links_go_beside_the_text(platform: FakeTelegram, bot: Telegram) -> None:
    said = "👋 **Hi** [shop](https://shop.example)"
    for part in bot.render(OutboundMessage(said, marks=True)):
        await bot.send(TO, part, oid="1")
    assert platform.sent[0].text == "👋 Hi shop"
    assert json.loads(platform.calls[0][1]["entities"]) == [
        {"type": "bold", "offset": 3, "length": 2},
        {"type": "text_link", "offset": 6, "length": 4, "url": "https://shop.example"},
    ]
    assert "parse_mode" not in platform.calls[0][1]


@pytest.mark.parametrize(("kind", "shown"), [("image/png", "image"), ("application/pdf", "document")])
async def test_a_file_goes_as_its_address_with_what_is_said_under_it(
    platform: FakeTelegram, bot: Telegram, kind: str, shown: str
) -> None:
    item = MediaRef("https://shop.example/f", kind)
    (part,) = bot.render(OutboundMessage("**Look**", media=(item,), marks=True))
    await bot.send(TO, part, oid="1")
    (sent,) = platform.sent
    assert sent.file is not None
    assert (sent.file.kind, sent.file.url, sent.text) == (shown, "https://shop.example/f", "Look")
    assert json.loads(platform.calls[0][1]["caption_entities"])[0]["type"] == "bold"


async def test_buttons_are_one_a_row(platform: FakeTelegram, bot: Telegram) -> None:
    await bot.send(TO, Part("Which?", (Button("Track", "m1.1"), Button("Return", "m1.2"))), oid="1")
    assert platform.sent[0].buttons == (("Track", "m1.1"), ("Return", "m1.2"))
    keyboard = json.loads(platform.calls[0][1]["reply_markup"])["inline_keyboard"]
    assert [len(row) for row in keyboard] == [1, 1]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, RecipientUnreachable),
        (401, CredentialsRejected),
        (403, RecipientUnreachable),
        (404, CredentialsRejected),
        (409, PlatformUnavailable),
    ],
)
async def test_a_refusal_says_what_to_do(
    platform: FakeTelegram, bot: Telegram, status: int, outcome: type[SendError]
) -> None:
    platform.faults.add("error", code=status)
    with pytest.raises(outcome):
        await bot.send(TO, Part("hi"), oid="1")
    assert platform.sent == []


async def test_a_text_over_the_limit_is_refused(bot: Telegram) -> None:
    with pytest.raises(ContentRejected):
        await bot.send(TO, Part("x" * 4097), oid="1")


async def test_who_blocked_the_bot_is_unreachable(platform: FakeTelegram, bot: Telegram) -> None:
    platform.blocked.add(77)
    with pytest.raises(RecipientUnreachable):
        await bot.send(TO, Part("hi"), oid="1")


async def test_typing_and_taps_reach_telegram_and_never_raise(platform: FakeTelegram, bot: Telegram) -> None:
    await bot.typing(TO, message_id="9001")
    await bot.answer_tap(TO, {"query": "q1"})
    assert platform.calls[0] == ("sendChatAction", {"chat_id": "77", "action": "typing"})
    assert platform.answered_taps == ["q1"]
    await platform.stop()
    await bot.typing(TO)
    await bot.answer_tap(TO, {})


async def test_the_webhook_is_set_with_the_secret_and_nothing_waiting_is_dropped(
    platform: FakeTelegram,
) -> None:
    bot = door(
        TELEGRAM_API_URL=platform.api_url, TELEGRAM_MODE="register", ONETHREAD_PUBLIC_URL="https://x.example/"
    )
    assert bot.registers
    assert "https://x.example/webhooks/telegram/default" in await bot.register()
    assert platform.webhook_url == "https://x.example/webhooks/telegram/default"
    assert platform.secret_token == ENV["TELEGRAM_SECRET_TOKEN"]
    (_, said) = platform.calls[0]
    assert said.get("drop_pending_updates", "false") == "false"
    assert set(json.loads(said["allowed_updates"])) >= {"message", "callback_query", "my_chat_member"}
    await bot.close()


async def test_updates_are_fetched_until_they_are_confirmed(platform: FakeTelegram, bot: Telegram) -> None:
    await platform.send_text(77, "one")
    await platform.send_text(77, "two")
    first = await bot.poll("")
    again = await bot.poll("")
    assert [bot.parse(request)[0] for request in first.requests] == [
        bot.parse(request)[0] for request in again.requests
    ]
    assert len(platform.waiting) == 2
    await platform.send_text(77, "three")
    (third,) = (await bot.poll(first.cursor)).requests
    assert json.loads(third.body)["message"]["text"] == "three"
    assert len(platform.waiting) == 1


async def test_a_webhook_that_is_set_gives_way_to_polling(platform: FakeTelegram, bot: Telegram) -> None:
    platform.webhook_url = "https://old.example"
    platform.waiting.append({"update_id": 5, "message": {}})
    assert len((await bot.poll("")).requests) == 1


async def test_a_second_poller_is_told_apart(platform: FakeTelegram, bot: Telegram) -> None:
    platform.poll_faults.add("error", code=409)
    with pytest.raises(PlatformUnavailable) as caught:
        await bot.poll("")
    assert caught.value.code == "409"


async def test_the_bot_can_be_checked(platform: FakeTelegram, bot: Telegram) -> None:
    assert await bot.check() == "Telegram bot @shop_bot has no webhook"
    platform.webhook_url = "https://x.example/webhooks/telegram"
    assert await bot.check() == "Telegram bot @shop_bot posts to x.example"


async def test_a_wrong_token_is_refused_credentials(platform: FakeTelegram) -> None:
    bot = door(TELEGRAM_API_URL=platform.api_url, TELEGRAM_BOT_TOKEN="1:wrong")
    with pytest.raises(CredentialsRejected):
        await bot.send(TO, Part("hi"), oid="1")
    with pytest.raises(CredentialsRejected):
        await bot.check()
    await bot.close()


@pytest.mark.parametrize("kind", ["html", "drop_after_accept", "credentials", "server_error"])
async def test_the_token_is_in_no_traceback_and_in_no_log(
    platform: FakeTelegram, bot: Telegram, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    caplog.set_level(logging.WARNING)
    platform.faults.add(kind, code=502)
    with pytest.raises(SendError) as caught:
        await bot.send(TO, Part("hi"), oid="1")
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert TOKEN not in shown
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
