"""Who comes from another channel with a token is greeted; the token itself is nobody's to read."""

from __future__ import annotations

import time

import pytest

from onethread.conversations.continued import SIGN
from onethread.identity.tokens import LIVES_S, LinkTokens
from tests.fakes.house import Stage

GREETING = "Thank you, we can go on here."


def mint(play: Stage, at: float | None = None) -> str:
    tokens = LinkTokens(play.house.settings.secret_key.get_secret_value())
    return tokens.mint(bytes(16), bytes(8), time.time() if at is None else at)


async def test_a_token_alone_is_greeted_and_never_reaches_rasa(play: Stage) -> None:
    (said,) = await play.turn(mint(play))
    assert GREETING in said
    assert play.rasa.texts() == []
    assert (await play.thread())[0].text == SIGN


async def test_words_beside_a_token_are_answered(play: Stage) -> None:
    token = mint(play)
    (said,) = await play.turn(f"{token} where is my order?")
    assert said.endswith("ack where is my order?")
    assert play.rasa.texts() == ["where is my order?"]
    assert all(token not in message.text for message in await play.thread())


async def test_a_token_that_opened_the_chat_is_taken_too(play: Stage) -> None:
    (said,) = await play.turn("/start", consent="start", detail={"start": mint(play)})
    assert GREETING in said
    assert play.rasa.texts() == []
    rows = await play.rows("select content from messages where direction = 'in'")
    assert rows[0].content["detail"] == {}


@pytest.mark.parametrize("age", [LIVES_S + 1.0, None])
async def test_an_old_or_foreign_token_is_plain_text(play: Stage, age: float | None) -> None:
    stranger = LinkTokens("a secret of another house entirely")
    token = stranger.mint(bytes(16), bytes(8), time.time()) if age is None else mint(play, time.time() - age)
    await play.turn(token)
    assert play.rasa.texts() == [token]


async def test_a_token_changes_nothing_about_whose_address_it_is(play: Stage) -> None:
    await play.turn("hi")
    before = await play.rows("select id, customer_id from addresses")
    await play.turn(mint(play))
    assert await play.rows("select id, customer_id from addresses") == before
