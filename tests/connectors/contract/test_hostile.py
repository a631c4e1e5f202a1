"""The same question to every door: what becomes of a proved request that nobody expected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import (
    AccountNotice,
    Connector,
    InboundEvent,
    InboundKind,
    InboundMessage,
    PayloadInvalid,
    Receipt,
    WebhookRequest,
)

from .doors import every_door, examples_of, pure

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", "\x00", "\ud83d", "0", "-1", "9" * 40, "NaN", "m1.1", "true", "text", "image"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.just("id"), inner, max_size=3)
    ),
    max_leaves=6,
)


@every_door("nothing said")
@pytest.mark.parametrize("body", [b"", b"\x00", b"\xff\xfe", b"[]", b"null", b"{" * 1000, b"%" * 1000])
def test_a_payload_that_says_nothing_is_refused_as_such(key: str, body: bytes) -> None:
    with pytest.raises(PayloadInvalid):
        pure(key).parse(replace(good(key), body=body))


@every_door("any bytes")
@given(st.binary(max_size=200))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_events_or_refused(key: str, body: bytes) -> None:
    heard(pure(key), replace(good(key), body=body))


@every_door("any value")
@given(st.data())
@settings(max_examples=150)
def test_any_value_in_the_place_of_another_is_heard_or_refused(key: str, data: st.DataObject) -> None:
    """Takes a request the platform made and puts anything where something stood, or nothing."""
    request = good(key)
    if request.body.lstrip().startswith(b"{"):
        body = json.loads(request.body)
        place = data.draw(st.sampled_from(list(_places(body))))
        body = _put(body, place, data.draw(VALUES), gone=data.draw(st.booleans()))
        raw = json.dumps(body).encode()
    else:
        fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        name = data.draw(st.sampled_from(sorted(fields)) | st.text(max_size=12))
        fields[name] = data.draw(st.text(max_size=40) | st.sampled_from(["\x00", "9" * 400, "{}", '{"a":']))
        if data.draw(st.booleans()):
            del fields[name]
        raw = urlencode(fields, errors="surrogatepass").encode()
    heard(pure(key), replace(request, body=raw))


def good(key: str) -> WebhookRequest:
    examples = examples_of(key)
    return examples.says(examples.env, "hello")


def heard(door: Connector, request: WebhookRequest) -> None:
    """Nothing but `PayloadInvalid` is raised, and what is heard can be kept."""
    try:
        events = door.parse(request)
    except PayloadInvalid:
        return
    for event in events:
        keepable(door, event)


def keepable(door: Connector, event: InboundEvent) -> None:
    if isinstance(event, Receipt):
        assert event.provider_message_id or event.oid
        return
    json.dumps(dict(event.detail), allow_nan=False)
    assert type(event.text) is str
    if isinstance(event, AccountNotice):
        assert event.notice_id
        return
    assert isinstance(event, InboundMessage)
    assert event.provider_message_id
    assert event.address.key
    assert (event.address.connector, event.address.account) == (door.key, door.account)
    assert event.kind in InboundKind
    assert event.provider_time is None or event.provider_time.tzinfo is not None
    assert all(item.ref and type(item.ref) is str for item in event.media)


type Place = tuple[str | int, ...]


def _places(found: object, here: Place = ()) -> Iterator[Place]:
    if here:
        yield here
    inner: dict[Any, Any] = {}
    if isinstance(found, dict):
        inner = found
    elif isinstance(found, list):
        inner = dict(enumerate(found))
    for name, value in inner.items():
        yield from _places(value, (*here, name))


def _put(found: Any, place: Place, value: object, *, gone: bool) -> Any:
    *way, last = place
    inner = found
    for name in way:
        inner = inner[name]
    if gone:
        del inner[last]
    else:
        inner[last] = value
    return found
