"""The fake Meta keeps Meta's rules where the tests of the door lean on them."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256

import httpx
import pytest

from simulator.meta import FakeMeta
from simulator.meta.rules import problem_of

BASE = {"messaging_product": "whatsapp", "to": "15551230001"}


def fake() -> FakeMeta:
    return FakeMeta(phone_number_id="9", access_token="t", app_secret="s", house_url="http://127.0.0.1:9")


async def test_a_webhook_is_escaped_and_signed_as_meta_does_it() -> None:
    async with fake() as meta:
        webhook = meta.webhook("+15551230001", "café 👋 a/b")
    assert b"caf\\u00e9 \\ud83d\\udc4b a\\/b" in webhook.body
    wanted = hmac.new(b"s", webhook.body, sha256).hexdigest()
    assert webhook.headers["X-Hub-Signature-256"] == f"sha256={wanted}"
    value = json.loads(webhook.body)["entry"][0]["changes"][0]["value"]
    assert value["messages"][0]["from"] == value["contacts"][0]["wa_id"] == "15551230001"


async def test_a_person_without_a_number_is_named_by_an_id() -> None:
    async with fake() as meta:
        value = json.loads(meta.webhook("US.7", "hi").body)["entry"][0]["changes"][0]["value"]
    assert value["messages"][0]["from_user_id"] == value["contacts"][0]["user_id"] == "US.7"
    assert "from" not in value["messages"][0]


async def test_nobody_is_written_to_who_did_not_write_today() -> None:
    async with fake() as meta, httpx.AsyncClient(trust_env=False) as http:
        url, headers = f"{meta.api_url}/v24.0/9/messages", {"authorization": "Bearer t"}
        said = BASE | {"type": "text", "text": {"body": "hi"}}
        assert (await http.post(url, json=said, headers=headers)).json()["error"]["code"] == 131047
        await meta.send("+15551230001", "hi")
        assert (await http.post(url, json=said, headers=headers)).status_code == 200
    assert [message.text for message in meta.sent] == ["hi"]


def replies(*titles: str) -> dict[str, object]:
    buttons = [{"type": "reply", "reply": {"id": title, "title": title}} for title in titles]
    return {"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}


@pytest.mark.parametrize(
    ("kind", "content", "problem"),
    [
        ("text", {"body": "x" * 4096}, 0),
        ("text", {"body": "x" * 4097}, 131009),
        ("text", {"body": ""}, 131009),
        ("interactive", replies("a", "b", "c"), 0),
        ("interactive", replies("a", "b", "c", "d"), 131009),
        ("interactive", replies("a", "a"), 131009),
        ("interactive", replies("x" * 21), 131009),
        ("image", {"link": "https://shop.example/a.jpg", "caption": "x" * 1024}, 0),
        ("image", {"link": "https://shop.example/a.jpg", "caption": "x" * 1025}, 131009),
        ("audio", {"link": "https://shop.example/a.ogg", "caption": "x"}, 131009),
        ("image", {"link": "a.jpg"}, 131009),
        ("hologram", {}, 131009),
    ],
)
def test_what_meta_would_refuse_is_refused(kind: str, content: object, problem: int) -> None:
    assert problem_of(BASE | {"type": kind, kind: content}) == problem
