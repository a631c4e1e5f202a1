"""bot/addons/action_calls.py: what passes without the schema would pass the schema, too."""

from itertools import product

import jsonschema
import pytest

_NAMES = ["slot", "action", "reset_slots", "session_started", "?", None, 7]
_VALUES = [None, 7, "so", [], {}]


def _every_result():
    keys = ("event", "name", "value", "timestamp")
    every = [dict(zip(keys, bits, strict=True)) for bits in product(_NAMES, _VALUES, _VALUES, [None, 7])]
    events = [*every, *({"event": event["event"], "name": event["name"]} for event in every)]
    for event in [*events, None, 7, "so", []]:
        yield {"events": [event]}
        yield {"events": [{"event": "slot", "name": "order", "value": 1}, event], "responses": []}
    for part in _VALUES:
        yield from (part, {"events": part}, {"responses": part}, {"responses": [part]})


def test_a_plain_result_is_one_the_schema_allows():
    from rasa.core.actions.action import RemoteAction

    from bot.addons.action_calls import is_plain

    plain = [result for result in _every_result() if is_plain(result)]
    for result in plain:
        jsonschema.validate(result, RemoteAction.action_response_format_spec())
    assert len(plain) > 10


@pytest.mark.parametrize(
    ("result", "plain"),
    [
        ({}, True),
        (
            {"events": [{"event": "slot", "name": "order", "value": None}], "responses": [{"text": "so"}]},
            True,
        ),
        ({"events": [{"event": "slot", "name": "order"}]}, False),
        ({"events": [{"event": "followup", "name": "action_listen"}]}, False),
        ({"responses": ["so"]}, False),
        ([], False),
    ],
)
def test_anything_but_slots_and_words_goes_to_the_schema(result, plain):
    from bot.addons.action_calls import is_plain

    assert is_plain(result) is plain
