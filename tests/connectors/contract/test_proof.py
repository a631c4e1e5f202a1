"""The same questions to every door: who is let in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.contract import SignatureInvalid, WebhookRequest

from .doors import every_door, examples_of, pure


def good(key: str) -> WebhookRequest:
    examples = examples_of(key)
    return examples.says(examples.env, "Where is my order 1042? 👋")


def refused(key: str, request: WebhookRequest) -> None:
    with pytest.raises(SignatureInvalid):
        pure(key).verify(request)


@every_door("let in")
def test_the_platforms_own_request_is_let_in(key: str) -> None:
    pure(key).verify(good(key))


@every_door("altered")
def test_one_altered_byte_is_kept_out(key: str) -> None:
    request, covers, door = good(key), examples_of(key).covers, pure(key)
    assert covers
    for part in covers:
        original = {"body": request.body, "url": request.url.encode()}.get(part)
        original = request.headers[part].encode() if original is None else original
        for position in range(len(original)):
            altered = bytearray(original)
            altered[position] ^= 1
            with pytest.raises(SignatureInvalid):
                door.verify(_with(request, part, bytes(altered)))


@every_door("proof altered")
def test_one_altered_sign_of_the_proof_is_kept_out(key: str) -> None:
    request, proof, door = good(key), examples_of(key).proof, pure(key)
    given = request.headers[proof]
    for position, sign in enumerate(given):
        other = "A" if sign != "A" else "B"
        with pytest.raises(SignatureInvalid):
            door.verify(_with(request, proof, f"{given[:position]}{other}{given[position + 1 :]}".encode()))


@every_door("proof cut")
def test_a_proof_cut_short_or_drawn_out_is_kept_out(key: str) -> None:
    request, proof = good(key), examples_of(key).proof
    given = request.headers[proof]
    for wrong in (given[:-1], given[1:], given[: len(given) // 2], given + given[-1], "", given.swapcase()):
        if wrong != given:
            refused(key, _with(request, proof, wrong.encode()))


@every_door("no proof")
@pytest.mark.parametrize("wrong", ["", "=", "sha256=", "é\u2028漢", "a" * 10_000, "null"])
def test_what_is_no_proof_is_kept_out(key: str, wrong: str) -> None:
    request, proof = good(key), examples_of(key).proof
    refused(key, replace(request, headers={**request.headers, proof: wrong}))
    refused(key, replace(request, headers={}))


@every_door("foreign")
def test_what_was_proved_to_somebody_else_is_kept_out(key: str) -> None:
    examples = examples_of(key)
    stranger = {**examples.env, examples.secret: "b" + examples.env[examples.secret][1:] + "b"}
    refused(key, examples.says(stranger, "hello"))


def _with(request: WebhookRequest, part: str, value: bytes) -> WebhookRequest:
    if part == "body":
        return replace(request, body=value)
    if part == "url":
        return replace(request, url=value.decode("latin-1"))
    return replace(request, headers={**request.headers, part: value.decode("latin-1")})
