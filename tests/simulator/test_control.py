"""What can be done from outside is the same for every platform."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from connectors.contract import InboundEvent, InboundKind, InboundMessage, WebhookRequest
from connectors.telegram.parse import parse as parse_telegram
from connectors.whatsapp_cloud.parse import parse as parse_whatsapp
from simulator.http import Request
from simulator.meta import FakeMeta
from simulator.platform import Platform
from simulator.telegram import FakeTelegram

from .playing import RecordingHouse, recording_house

ANN, ANN_ID = "+15551230001", "5551230001"


@dataclass(frozen=True, slots=True)
class Outside:
    """A platform and whoever commands it."""

    fake: Platform[Any]
    customer: str
    house: RecordingHouse
    http: httpx.AsyncClient

    async def act(self, do: str, **more: object) -> httpx.Response:
        said = {"from": self.customer, "do": do, **more}
        return await self.http.post("/control/act", json=said)

    async def bubbles(self) -> list[dict[str, Any]]:
        threads = (await self.http.get("/control/threads", params={"key": self.customer})).json()
        return list(threads[self.customer]["bubbles"])

    async def create(self, text: str = "hello", buttons: tuple[str, ...] = ()) -> httpx.Response:
        """The house sends."""
        if isinstance(self.fake, FakeMeta):
            return await self.http.post(
                "/v24.0/9/messages", json=whatsapp(text, buttons), headers={"authorization": "Bearer t"}
            )
        rows = [[{"text": title, "callback_data": title}] for title in buttons]
        form = {"chat_id": ANN_ID, "text": text}
        if rows:
            form["reply_markup"] = json.dumps({"inline_keyboard": rows})
        return await self.http.post("/bot9:t/sendMessage", data=form)

    def heard(self) -> list[InboundMessage]:
        """What the door understands of it."""
        requests = [webhook(request) for request in self.house.heard]
        events: list[InboundEvent] = []
        for request in requests:
            if isinstance(self.fake, FakeMeta):
                events += parse_whatsapp(request, our_number="9")
            else:
                events += parse_telegram(request)
        return [event for event in events if isinstance(event, InboundMessage)]


def whatsapp(text: str, buttons: tuple[str, ...]) -> dict[str, Any]:
    said: dict[str, Any] = {"messaging_product": "whatsapp", "to": ANN.removeprefix("+")}
    if not buttons:
        return said | {"type": "text", "text": {"body": text}}
    replies = [{"type": "reply", "reply": {"id": title, "title": title}} for title in buttons]
    content = {"type": "button", "body": {"text": text}, "action": {"buttons": replies}}
    return said | {"type": "interactive", "interactive": content}


def webhook(request: Request) -> WebhookRequest:
    return WebhookRequest("POST", request.path, "default", "", request.headers, request.body)


@pytest.fixture(params=["meta", "telegram"])
async def outside(request: pytest.FixtureRequest) -> AsyncIterator[Outside]:
    async with recording_house() as house:
        fake: Platform[Any]
        if request.param == "meta":
            fake = FakeMeta(phone_number_id="9", access_token="t", app_secret="s", house_url=house.url)
        else:
            fake = FakeTelegram(token="9:t", house_url=house.url)
        fake.retry_s = 0.01
        async with fake, httpx.AsyncClient(base_url=fake.api_url, trust_env=False) as http:
            yield Outside(fake, ANN if request.param == "meta" else ANN_ID, house, http)


@pytest.mark.parametrize(
    ("do", "more", "kind"),
    [
        ("text", {"text": "hi"}, InboundKind.TEXT),
        ("media", {"text": "look"}, InboundKind.MEDIA),
        ("sticker", {}, InboundKind.MEDIA),
        ("location", {"latitude": 44.4, "longitude": 26.1}, InboundKind.LOCATION),
        ("contact", {"phone": ANN}, InboundKind.CONTACT),
        ("unsupported", {}, InboundKind.UNSUPPORTED),
    ],
)
async def test_a_deed_is_what_the_door_understands_by_it(
    outside: Outside, do: str, more: Mapping[str, object], kind: InboundKind
) -> None:
    answer = await outside.act(do, **more)
    assert (answer.status_code, answer.json()) == (200, {"status": 200})
    (message,) = outside.heard()
    assert message.kind is kind
    (bubble,) = await outside.bubbles()
    assert (bubble["side"], bubble["state"]) == ("out", "delivered")


async def test_a_tap_carries_the_choice_that_was_shown(outside: Outside) -> None:
    await outside.act("text", text="hi")
    await outside.create("Which?", ("Track", "Return"))
    shown = (await outside.bubbles())[-1]
    assert [choice["label"] for choice in shown["choices"]] == ["Track", "Return"]
    answer = await outside.act("tap", bubble=shown["id"], choice=shown["choices"][1]["id"])
    assert answer.json() == {"status": 200}
    (_, tap) = outside.heard()
    assert (tap.kind, tap.tap) == (InboundKind.TAP, "Return")
    assert (await outside.act("tap", bubble=shown["id"], choice="Tea")).status_code == 400


async def test_a_bubble_is_reacted_to_and_edited(outside: Outside) -> None:
    await outside.act("text", text="hallo")
    (own,) = await outside.bubbles()
    await outside.act("edit", bubble=own["id"], text="hello")
    await outside.act("reaction", bubble=own["id"], text="👍")
    await outside.act("reaction", bubble=own["id"], text="")
    _, edit, reaction, taken_back = outside.heard()
    assert (edit.kind, edit.text) == (InboundKind.EDIT, "hello")
    assert (reaction.kind, reaction.text) == (InboundKind.REACTION, "👍")
    assert (taken_back.kind, taken_back.detail.get("removed")) == (InboundKind.REACTION, True)
    (bubble,) = await outside.bubbles()
    assert (bubble["text"], bubble["edited"], bubble["reaction"]) == ("hello", True, "")


async def test_what_is_no_deed_is_refused_with_a_sentence(outside: Outside) -> None:
    for said in ({}, {"from": "x"}, {"from": "5", "do": "fly"}, {"from": "5", "do": "text", "wings": 2}, []):
        answer = await outside.http.post("/control/act", json=said)
        assert (answer.status_code, answer.text != "") == (400, True)
    assert (await outside.http.post("/control/tea")).status_code == 404
    assert outside.house.heard == []


async def test_what_the_house_does_not_take_is_posted_again_until_it_does(outside: Outside) -> None:
    outside.house.statuses = [503, 500]
    assert (await outside.act("text", text="hi")).json() == {"status": 503}
    await outside.fake.reported()
    (delivery,) = (await outside.http.get("/control/deliveries")).json()
    assert (delivery["statuses"], delivery["taken"], delivery["next_at"]) == ([503, 500, 200], True, None)
    assert len({request.body for request in outside.house.heard}) == 1
    (bubble,) = await outside.bubbles()
    assert bubble["state"] == "delivered"


async def test_sent_messages_are_read_and_forgotten(outside: Outside) -> None:
    await outside.act("text", text="hi")
    await outside.create("one")
    (message,) = (await outside.http.get("/control/sent")).json()
    assert message["text"] == "one"
    assert {"id", "to", "status", "oid"} <= set(message)
    await outside.http.delete("/control/sent")
    assert (await outside.http.get("/control/sent")).json() == []


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ({"kind": "server_error", "code": 502}, 502, b"<html>"),
        ({"kind": "rate_limit", "seconds": 7}, 429, b"{"),
        ({"kind": "credentials"}, 401, b"{"),
        ({"kind": "html"}, 200, b"<html>"),
        ({"kind": "empty"}, 200, b""),
        ({"kind": "huge"}, 200, b"{"),
        ({"kind": "trickle", "seconds": 0}, 200, b"{"),
    ],
)
async def test_a_fault_is_done_to_the_next_send_alone(
    outside: Outside, fault: dict[str, object], status: int, body: bytes
) -> None:
    await outside.act("text", text="hi")
    assert (await outside.http.post("/control/faults", json=fault)).status_code == 204
    (told,) = (await outside.http.get("/control/faults")).json()
    assert told["kind"] == fault["kind"]
    answer = await outside.create()
    assert (answer.status_code, answer.content[: len(body)]) == (status, body)
    good = await outside.create()
    assert (good.status_code, good.headers["content-type"]) == (200, "application/json")


async def test_the_platforms_clock_is_set_from_outside(outside: Outside) -> None:
    before = outside.fake.clock()
    await outside.http.post("/control/clock", json={"ahead_s": 90_000})
    assert 89_000 < outside.fake.clock() - before < 91_000
    await outside.http.delete("/control/clock")
    assert outside.fake.shift_s == 0.0


async def test_pace_is_minded_on_command(outside: Outside) -> None:
    await outside.act("text", text="hi")
    await outside.http.post("/control/pace", json={"every_s": 60, "burst": 2})
    answers = [await outside.create(str(number)) for number in range(3)]
    assert [answer.is_success for answer in answers] == [True, True, False]
    assert (await outside.create()).is_success is False
    await outside.http.delete("/control/pace")
    assert (await outside.create()).is_success


async def test_a_file_is_kept_and_sent(outside: Outside) -> None:
    kept = await outside.http.post(
        "/control/files",
        params={"name": "bill.pdf"},
        content=b"%PDF-1.4",
        headers={"content-type": "application/pdf"},
    )
    assert kept.json()["kind"] == "document"
    await outside.act("media", file=kept.json()["file"], text="my bill")
    (message,) = outside.heard()
    assert (message.media[0].content_type, message.media[0].file_name) == ("application/pdf", "bill.pdf")
    (bubble,) = await outside.bubbles()
    prefix = f"/{outside.fake.name}"
    assert bubble["attachments"][0]["url"].startswith(f"{prefix}/control/files")
    file = await outside.http.get(bubble["attachments"][0]["url"].removeprefix(prefix))
    assert (file.content, file.headers["x-content-type-options"]) == (b"%PDF-1.4", "nosniff")
    assert (await outside.act("media", file="404")).status_code == 400
