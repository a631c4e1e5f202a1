from __future__ import annotations

import dataclasses
import json
from hashlib import sha256
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from connectors.contract import SignatureInvalid, WebhookRequest

from .door import URL, door, payload, request

# As the vendor's library signs: it is the reference, ours must agree with it.
SIGNED = sorted(("text", "photo_without_text", "two_photos", "status_failed", "stop_by_carrier", "nul_bytes"))


def signed(
    name: str, *, url: str = URL, token: str = "current-token", signed_url: str = ""
) -> WebhookRequest:
    body = payload(name)
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    signature = RequestValidator(token).compute_signature(signed_url or url, fields)
    return request(body, url=url, signature=signature)


@pytest.mark.parametrize("name", SIGNED)
def test_what_the_vendor_signed_is_let_in(name: str) -> None:
    door().verify(signed(name))


@pytest.mark.parametrize("name", SIGNED)
def test_one_altered_byte_is_kept_out(name: str) -> None:
    good, gate = signed(name), door()
    for position in range(len(good.body)):
        altered = bytearray(good.body)
        altered[position] ^= 1
        with pytest.raises(SignatureInvalid):
            gate.verify(dataclasses.replace(good, body=bytes(altered)))


def test_the_former_token_is_let_in_during_a_rotation() -> None:
    door().verify(signed("text", token="former-token"))
    with pytest.raises(SignatureInvalid):
        door(TWILIO_AUTH_TOKEN_PREVIOUS="").verify(signed("text", token="former-token"))


def test_a_foreign_token_is_kept_out() -> None:
    with pytest.raises(SignatureInvalid):
        door().verify(signed("text", token="someone-elses"))


@pytest.mark.parametrize("signature", ["", "=", "é", "a" * 10_000, "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
def test_a_signature_that_is_none_is_kept_out(signature: str) -> None:
    good = signed("text")
    with pytest.raises(SignatureInvalid):
        door().verify(dataclasses.replace(good, headers={**good.headers, "x-twilio-signature": signature}))


def test_a_missing_signature_is_kept_out() -> None:
    with pytest.raises(SignatureInvalid):
        door().verify(dataclasses.replace(signed("text"), headers={}))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("https://shop.example/w", "https://shop.example:443/w"),
        ("https://shop.example:443/w", "https://shop.example/w"),
        ("https://shop.example:8443/w", "https://shop.example/w"),
        ("http://shop.example/w", "http://shop.example:80/w"),
        ("http://127.0.0.1:8800/w?oid=1", "http://127.0.0.1:8800/w?oid=1"),
    ],
)
def test_a_port_may_be_signed_or_not(ours: str, theirs: str) -> None:
    door().verify(signed("text", url=ours, signed_url=theirs))


@pytest.mark.parametrize(
    "theirs",
    [
        "http://shop.example/webhooks/twilio_sms/default",
        "https://shop.example/webhooks/twilio_sms/default/",
        "https://evil.example/webhooks/twilio_sms/default",
        "https://shop.example/webhooks/twilio_sms/default?oid=2",
    ],
)
def test_another_url_is_kept_out(theirs: str) -> None:
    with pytest.raises(SignatureInvalid):
        door().verify(signed("text", signed_url=theirs))


@pytest.mark.parametrize(
    "body",
    [
        b"From=%2B15551230001&Body=caf%C3%A9+%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9&MessageSid=SM1",
        b"From=%2B15551230001&Body=a%20b+c%2Bd%2520e%26f%3Dg&MessageSid=SM1",
        b"From=%2B15551230001&Body=&FromCity=&FromState=&MessageSid=SM1",
        b"From=%2B15551230001&Body=%20%0A+trimmed+%0A+&MessageSid=SM1",
        b"From=%2B15551230001&Body=%E4%BD%A0%E5%A5%BD&body=lower&MessageSid=SM1&Zip=",
    ],
    ids=["emoji", "plus-and-percent", "blank", "white-space", "scripts-and-case"],
)
def test_any_text_is_let_in_as_it_was_signed(body: bytes) -> None:
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    good, gate = (
        request(body, signature=RequestValidator("current-token").compute_signature(URL, fields)),
        door(),
    )
    gate.verify(good)
    for position in range(len(body)):
        altered = bytearray(body)
        altered[position] ^= 1
        with pytest.raises(SignatureInvalid):
            gate.verify(dataclasses.replace(good, body=bytes(altered)))


def test_what_a_proxy_is_said_to_have_seen_changes_nothing() -> None:
    forged = {
        "host": "evil.example",
        "x-forwarded-host": "shop.example",
        "x-forwarded-proto": "https",
        "forwarded": "host=shop.example;proto=https",
        "x-original-url": "/webhooks/twilio_sms/default",
    }
    good = signed("text")
    door().verify(dataclasses.replace(good, headers={**good.headers, **forged}))
    foreign = signed("text", signed_url="https://evil.example/webhooks/twilio_sms/default")
    with pytest.raises(SignatureInvalid):
        door().verify(dataclasses.replace(foreign, headers={**foreign.headers, **forged}))


def test_an_ipv6_host_is_let_in() -> None:
    door().verify(signed("text", url="https://[2001:db8::1]/w", signed_url="https://[2001:db8::1]:443/w"))


def test_a_parameter_given_twice_is_signed_once_per_value() -> None:
    class Twice(dict[str, str]):
        def getlist(self, name: str) -> list[str]:
            return ["2", "1", "1"] if name == "D" else [self[name]]

    fields = Twice(From="+15551230001", D="")
    signature = RequestValidator("current-token").compute_signature(URL, fields)
    door().verify(request(b"D=2&From=%2B15551230001&D=1&D=1", signature=signature))


def test_a_json_body_is_bound_by_its_hash_in_the_url() -> None:
    body = json.dumps({"a": 1}).encode()
    url = f"{URL}?bodySHA256={sha256(body).hexdigest()}"
    signature = RequestValidator("current-token").compute_signature(url, {})
    good = request(body, url=url, signature=signature, content_type="application/json")
    door().verify(good)
    with pytest.raises(SignatureInvalid):
        door().verify(dataclasses.replace(good, body=b'{"a": 2}'))
