"""Webhooks that are not the platform's, look odd, or ask for a handshake. Every door, real sockets."""

from __future__ import annotations

import base64
import hmac
import json
from hashlib import sha256
from urllib.parse import quote

import httpx
import pytest
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

from tests.payloads.posting import ENV

from .knocking import DOORS, Knock, Rooms, clients, count, knock, post, signed

PROOF = {
    "telegram": "x-telegram-bot-api-secret-token",
    "twilio_sms": "x-twilio-signature",
    "twilio_whatsapp": "x-twilio-signature",
    "whatsapp_cloud": "x-hub-signature-256",
}
TABLES = ("inbox", "receipts", "webhook_bodies")


def foreign(door: str, one: Knock) -> str:
    """What another app, bot or account would have sent along."""
    if door == "telegram":
        return "a-secret_Token-2"
    if door == "whatsapp_cloud":
        return f"sha256={hmac.new(b'another-app', one.body, sha256).hexdigest()}"
    return base64.b64encode(hmac.new(b"another", one.url.encode(), "sha1").digest()).decode()


@pytest.mark.parametrize("door", DOORS)
async def test_fault_30_a_signature_that_is_not_ours(rooms: Rooms, door: str) -> None:
    one, name = knock(door, rooms.url, 1), PROOF[door]
    good = one.headers[name]
    bad = [
        "",
        good[:-1],
        good + "0",
        good.upper(),
        good.swapcase(),
        foreign(door, one),
        "\u00fc",
        "x" * 4_000,
    ]
    without = {key: value for key, value in one.headers.items() if key != name}
    tries = count(500, 10_000)
    with capture_logs() as logs:
        async with clients() as http:
            assert (await http.post(one.url, content=one.body, headers=without)).status_code == 403
            for given in bad:
                headers = {**without, name: given.encode()}
                raw = [(key.encode(), value if isinstance(value, bytes) else value.encode())
                       for key, value in headers.items()]  # fmt: skip
                assert (await http.post(one.url, content=one.body, headers=raw)).status_code == 403, given
            for number in range(tries):
                assert await post(http, one, **{name: f"{number:064}"}) == 403
    for table in TABLES:
        assert await rooms.ask(f"select * from {table}") == []
    lines = [line for line in logs if line["log_level"] != "debug"]
    print(f"30 {door}: {tries + len(bad) + 1} refused with 403, no row, {len(lines)} log lines")
    assert len(lines) <= 25


@pytest.mark.parametrize("door", DOORS)
async def test_fault_30_one_altered_byte(rooms: Rooms, door: str) -> None:
    """Anywhere in the body, or in the shown secret where nothing is signed."""
    one, name = knock(door, rooms.url, 1), PROOF[door]
    async with clients() as http:
        if door == "telegram":
            for place in range(len(one.headers[name])):
                token = bytearray(one.headers[name].encode())
                token[place] ^= 1
                assert await post(http, one, **{name: token.decode()}) == 403
        else:
            for place in range(0, len(one.body), 7):
                body = bytearray(one.body)
                body[place] ^= 1
                assert await post(http, Knock(one.url, one.headers, bytes(body))) == 403, place
    assert await rooms.kept() == 0


@pytest.mark.parametrize(
    "said", ["caf\u00e9 \U0001f469\u200d\U0001f467", "", "a+b c%20d&e=f", "a\r\nb", "\u202ertl", "x" * 1_600]
)
async def test_fault_32_odd_but_valid_forms_pass(rooms: Rooms, said: str) -> None:
    async with clients() as http:
        assert await post(http, knock("twilio_sms", rooms.url, 1, said)) == 200
    (row,) = await rooms.ask("select text from inbox")
    assert row.text == said


async def test_fault_32_spellings_of_one_form_are_one(rooms: Rooms) -> None:
    """Twilio signs what the form says: a space may be `+` or `%20`, a key may come twice."""
    fields = {"MessageSid": "SM1", "From": "+15551230001", "Body": "a b", "Blank": ""}
    url = f"{rooms.url}/webhooks/twilio_sms/default"
    proof = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": RequestValidator(ENV["TWILIO_AUTH_TOKEN"]).compute_signature(url, fields),
    }
    async with clients() as http:
        for body in (
            b"MessageSid=SM1&From=%2B15551230001&Body=a+b&Blank=",
            b"Blank=&Body=a%20b&From=%2b15551230001&MessageSid=SM1",
            b"MessageSid=SM1&From=%2B15551230001&Body=a+b&Blank=&Body=a+b",
        ):
            assert await post(http, Knock(url, proof, body)) == 200
        for body in (
            b"MessageSid=SM1&From=%2B15551230001&Body=a+b",
            b"MessageSid=SM1&From=%2B15551230001&Body=a+b+&Blank=",
            b"MessageSid=SM1&From=%2B15551230001&Body=a+b&Blank=&Body=a+c",
        ):
            assert await post(http, Knock(url, proof, body)) == 403
    assert await rooms.kept() == 1


async def test_fault_32_metas_escapes_are_signed_as_sent(rooms: Rooms) -> None:
    one = knock("whatsapp_cloud", rooms.url, 1, "caf\u00e9 http://x")
    escaped = one.body.replace(b"/", b"\\/")
    async with clients() as http:
        assert await post(http, signed("whatsapp_cloud", rooms.url, escaped)) == 200
        written_again = json.dumps(json.loads(escaped), ensure_ascii=False).encode()
        proof = signed("whatsapp_cloud", rooms.url, escaped).headers
        assert await post(http, Knock(one.url, proof, written_again)) == 403
    (row,) = await rooms.ask("select text from inbox")
    assert row.text == "caf\u00e9 http://x"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-port": "1"},
        {"forwarded": "host=evil.example;proto=https"},
    ],
)
async def test_fault_32_the_public_url_is_what_the_settings_say(
    rooms: Rooms, headers: dict[str, str]
) -> None:
    one = knock("twilio_sms", rooms.url, 1)
    forged = RequestValidator(ENV["TWILIO_AUTH_TOKEN"]).compute_signature(
        "https://evil.example/webhooks/twilio_sms/default", {}
    )
    async with clients() as http:
        assert await post(http, one, **headers) == 200
        assert await post(http, one, **{**headers, "x-twilio-signature": forged}) == 403
        for path in ("/", "//", "/?", "/default/"):
            assert await post(http, Knock(one.url + path, one.headers, one.body)) in (403, 404)
    assert await rooms.kept() == 1


def handshake(mode: str, token: str, challenge: str) -> str:
    said = f"hub.mode={quote(mode)}&hub.verify_token={quote(token)}&hub.challenge={quote(challenge)}"
    return f"/webhooks/whatsapp_cloud/default?{said}"


async def test_fault_33_the_handshake_says_nothing_but_a_harmless_challenge(rooms: Rooms) -> None:
    ours = ENV["WHATSAPP_VERIFY_TOKEN"]
    async with httpx.AsyncClient(base_url=rooms.url) as http:
        fine = await http.get(handshake("subscribe", ours, "1158201444"))
        assert (fine.status_code, fine.text) == (200, "1158201444")
        assert fine.headers["content-type"].startswith("text/plain")
        assert fine.headers["x-content-type-options"] == "nosniff"
        for asked in (
            handshake("subscribe", "another", "1158201444"),
            handshake("subscribe", "", "1158201444"),
            handshake("unsubscribe", ours, "1158201444"),
            handshake("subscribe", ours, "<script>alert(1)</script>"),
            handshake("subscribe", ours, "1" * 257),
            handshake("subscribe", ours, ""),
            handshake("subscribe", ours, "1") + f"&hub.verify_token={ours}",
            "/webhooks/whatsapp_cloud/default",
        ):
            answer = await http.get(asked)
            assert (answer.status_code, answer.text) == (403, "signature invalid\n"), asked


PAT = {"id": 77, "is_bot": False, "first_name": "Pat"}
CHAT = {"id": 77, "type": "private"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Tea lovers"}
BOT = {"id": 4242, "is_bot": True, "first_name": "Shop"}


async def test_fault_34_every_kind_of_telegrams_updates_has_a_meaning(rooms: Rooms) -> None:
    said = {"message_id": 1, "from": PAT, "chat": CHAT, "date": 1_795_000_000, "text": "hello"}

    def member(status: str) -> dict[str, object]:
        return {"user": BOT, "status": status}

    moved = {"from": PAT, "chat": CHAT, "date": 1_795_000_000, "old_chat_member": member("left")}
    updates = [
        (901, "message", said),
        (900, "message", {**said, "message_id": 2, "text": "with a lower number"}),
        (902, "edited_message", {**said, "edit_date": 1_795_000_009, "text": "hello!"}),
        (903, "channel_post", {"message_id": 1, "chat": GROUP | {"type": "channel"}, "date": 1, "text": "n"}),
        (904, "callback_query", {"id": "1", "from": PAT, "chat_instance": "1", "data": "not ours"}),
        (905, "my_chat_member", {**moved, "new_chat_member": member("member")}),
        (906, "message", {**said, "chat": GROUP}),
        (907, "message", {**said, "from": BOT | {"id": 9}, "chat": GROUP}),
    ]
    async with clients() as http:
        for number, kind, inner in updates:
            body = json.dumps({"update_id": number, kind: inner}).encode()
            for _ in range(2):
                assert await post(http, signed("telegram", rooms.url, body)) == 200
    assert await rooms.kept() == len(updates)
    told = "\n".join(await rooms.answer())
    assert "hello" in told and "with a lower number" in told and "hello!" not in told
    people = await rooms.ask("select distinct a.key from outbox o join addresses a on a.id = o.address_id")
    assert [row.key for row in people] == ["77"], "nothing is said to a group"
