"""People who type in pieces: a channel may be given some quiet before what was written is answered."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from connectors.contract import Channel
from onethread.cli.worker import talk_of
from onethread.conversations.lanes import Lanes, Look
from onethread.settings import Settings
from tests.fakes.house import Stage

QUIET_S = 10.0


def lanes_of(play: Stage, quiet_s: float = QUIET_S) -> Lanes:
    return Lanes(play.house.engines.lanes, talk_of(play.house), quiet_s={Channel.SMS: quiet_s})


async def look(play: Stage) -> Look:
    return await lanes_of(play).look(await play.customer())


async def age(play: Stage, seconds: float, text: str = "%") -> None:
    """What is in the inbox came so much earlier."""
    await play.run(
        "update inbox set received_at = received_at - make_interval(secs => :age) where text like :text",
        age=seconds,
        text=text,
    )


async def test_pieces_typed_one_after_another_are_one_turn(play: Stage) -> None:
    await play.receive("hi")
    assert await look(play) is Look.NOTHING
    await age(play, 8)
    await play.receive("where is my order")
    await age(play, 3, "hi")
    assert await look(play) is Look.NOTHING, "the last piece came just now"
    await age(play, 11)
    assert await look(play) is not Look.NOTHING
    assert [request["message"]["text"] for request in play.rasa.seen] == ["hi\nwhere is my order"]
    assert [row.attempts for row in await play.inbox()] == [1, 0], "waiting is no attempt"


async def test_who_never_pauses_is_answered_all_the_same(play: Stage) -> None:
    await play.receive("one")
    await age(play, 5 * QUIET_S + 1)
    await play.receive("two")
    assert await look(play) is not Look.NOTHING


@pytest.mark.parametrize("more", [{"said": "STOP"}, {"said": "yes", "tap": "yes"}, {"kind": "location"}])
async def test_what_is_no_piece_of_a_text_ends_the_quiet(play: Stage, more: dict[str, str]) -> None:
    await play.receive("hi")
    assert await look(play) is Look.NOTHING
    await play.receive(more.pop("said", ""), **more)
    assert await look(play) is not Look.NOTHING


async def test_one_person_s_typing_keeps_nobody_else_waiting(play: Stage) -> None:
    await play.receive("hi")
    await age(play, 11)
    await play.receive("I am another one", sender="+15551239999")
    assert await look(play) is not Look.NOTHING


async def test_other_channels_wait_for_nothing(play: Stage) -> None:
    lanes = Lanes(play.house.engines.lanes, talk_of(play.house), quiet_s={Channel.TELEGRAM: QUIET_S})
    await play.receive("hi")
    assert await lanes.look(await play.customer()) is not Look.NOTHING


def settings(quiet: str) -> Settings:
    return Settings.model_validate(
        {
            "database_url": "postgresql://nowhere/house",
            "redis_url": "redis://nowhere",
            "secret_key": SecretStr("s" * 32),
            "internal_secret": SecretStr("s" * 16),
            "quiet": quiet,
        }
    )


def test_the_setting_names_channels_and_seconds() -> None:
    assert settings("sms=2, whatsapp=1.5").quiet == {Channel.SMS: 2.0, Channel.WHATSAPP: 1.5}


@pytest.mark.parametrize("wrong", ["pigeon=2", "sms", "sms=much", "sms=0", "sms=31"])
def test_a_setting_that_makes_no_sense_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        settings(wrong)
