from __future__ import annotations

import dataclasses
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from connectors.contract import SignatureInvalid, WebhookRequest

from .door import URL, door, payload, request

# How a signature is made up is asked of the SMS door, with all its traps; here: this door's own words.
SIGNED = ("text", "two_photos", "button", "flow", "reaction", "in_metadata_alone", "status_read")


def signed(name: str, *, token: str = "current-token", url: str = URL) -> WebhookRequest:
    body = payload(name)
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return request(body, signature=RequestValidator(token).compute_signature(url, fields))


@pytest.mark.parametrize("name", SIGNED)
def test_what_the_vendor_signed_is_let_in_and_one_altered_byte_is_not(name: str) -> None:
    good, gate = signed(name), door()
    gate.verify(good)
    for position in range(len(good.body)):
        altered = bytearray(good.body)
        altered[position] ^= 1
        if parse_qsl(altered.decode("latin-1")) == parse_qsl(good.body.decode("latin-1")):
            continue  # the other case of a hex digit says the same
        with pytest.raises(SignatureInvalid):
            gate.verify(dataclasses.replace(good, body=bytes(altered)))


def test_the_former_token_is_let_in_during_a_rotation() -> None:
    door().verify(signed("text", token="former-token"))
    with pytest.raises(SignatureInvalid):
        door(TWILIO_AUTH_TOKEN_PREVIOUS="").verify(signed("text", token="former-token"))


def test_what_was_signed_for_the_sms_door_is_kept_out() -> None:
    with pytest.raises(SignatureInvalid):
        door().verify(signed("text", url="https://shop.example/webhooks/twilio_sms/default"))
