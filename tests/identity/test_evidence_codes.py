"""A code proves that the asker reads the other address too; whoever only knows or guesses learns nothing."""

from __future__ import annotations

import pytest

from onethread.identity.codes import AN_HOUR, TRIES
from onethread.storage.codes import forget_old
from tests.fakes.house import Stage
from tests.fakes.rasa import answer

from .showing import OWNER, ask_code, carry_out, customers, links, plain, send_codes, visitor

ASKED = "If we know that number, a code of 6 digits is on its way there."


@pytest.fixture
async def asker(play: Stage) -> str:
    """A visitor, while the owner of the number wrote to us before."""
    await play.turn("hi", sender=OWNER)
    return await visitor(play)


async def test_who_types_the_code_is_one_customer_with_whom_it_was_sent_to(play: Stage, asker: str) -> None:
    assert plain(await ask_code(play, asker, "it is +1 555 123 0001")).startswith(ASKED)
    await send_codes(play)
    assert (await play.out(OWNER))[-1].startswith("123456 is your code")
    assert "that is right" in plain(await play.turn("my code is 123 456", sender=asker))
    assert await links(play) == [("code", "proved", "asked")]
    await carry_out(play)
    assert await customers(play) == 1
    assert play.rasa.texts() == ["hi"]


async def test_a_code_is_asked_for_with_a_button(play: Stage, asker: str) -> None:
    async def offers(request: dict[str, object]) -> dict[str, object]:
        button = {"title": "Send me a code", "payload": "/house_code"}
        return answer(request, replies=[{"text": "Prove it", "buttons": [button]}])

    play.rasa.answer = offers
    await play.turn("where is 1042", sender=asker)
    assert "From which phone number" in plain(await play.turn("Send me a code", sender=asker))
    assert plain(await play.turn("+15551230001", sender=asker)).startswith(ASKED)


async def test_a_number_typed_without_being_asked_for_is_only_a_number(play: Stage, asker: str) -> None:
    await play.turn("my number is +15551230001", sender=asker)
    assert play.rasa.texts()[-1] == "my number is +15551230001"
    assert await play.rows("select 1 from codes") == []
    assert await links(play) == []


async def test_nobody_learns_whether_a_number_is_known(play: Stage, asker: str) -> None:
    known = plain(await ask_code(play, asker, OWNER))
    unknown = plain(await ask_code(play, asker, "+15557654321"))
    assert known == unknown
    await send_codes(play)
    assert [text for text in await play.out(OWNER) if "code" in text] == []  # only the last one counts
    wrong = {plain(await play.turn(code, sender=asker)) for code in ("000000", "111111")}
    assert len(wrong) == 1


async def test_of_somebody_who_stopped_nothing_is_sent_and_nothing_is_told(play: Stage, asker: str) -> None:
    await play.run("update addresses set opted_out_at = now() where key = :key", key=OWNER)
    assert plain(await ask_code(play, asker, OWNER)).startswith(ASKED)
    before = await play.out(OWNER)
    await send_codes(play)
    assert await play.out(OWNER) == before


async def test_who_stops_after_the_code_was_asked_for_gets_none(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await play.run("update addresses set opted_out_at = now() where key = :key", key=OWNER)
    before = await play.out(OWNER)
    await send_codes(play)
    assert await play.out(OWNER) == before


async def test_after_five_wrong_tries_the_right_one_is_wrong_too(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    for number in range(TRIES - 1):
        assert "not the code" in plain(await play.turn(f"00000{number}", sender=asker))
    assert "No code is good" in plain(await play.turn("000009", sender=asker))
    assert "No code is good" in plain(await play.turn("123456", sender=asker))
    assert await links(play) == []
    assert play.rasa.texts() == ["hi"]


async def test_the_fifth_try_may_be_right(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    for number in range(TRIES - 1):
        await play.turn(f"00000{number}", sender=asker)
    assert "that is right" in plain(await play.turn("123456", sender=asker))


async def test_a_code_is_over_after_ten_minutes(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    await play.run("update codes set asked_at = now() - interval '601 seconds'")
    assert "No code is good" in plain(await play.turn("123456", sender=asker))
    assert await links(play) == []


async def test_a_code_counts_once(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    await play.turn("123456", sender=asker)
    await play.turn("123456", sender=asker)
    assert len(await links(play)) == 1
    assert play.rasa.texts()[-1] == "123456"


async def test_a_code_counts_where_it_was_asked_for_alone(play: Stage, asker: str) -> None:
    other = await visitor(play, "other")
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    await play.turn("123456", sender=other)
    assert play.rasa.texts()[-1] == "123456"
    assert await links(play) == []


async def test_the_owner_who_types_it_at_his_own_address_links_nothing(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    await play.turn("123456", sender=OWNER)
    assert await links(play) == []


async def test_an_older_code_is_over_when_a_new_one_is_asked_for(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play, 111_111)
    await ask_code(play, asker, OWNER)
    await send_codes(play, 222_222)
    assert "not the code" in plain(await play.turn("111111", sender=asker))
    assert "that is right" in plain(await play.turn("222222", sender=asker))


async def test_one_asker_gets_three_codes_an_hour(play: Stage, asker: str) -> None:
    for last in range(AN_HOUR):
        assert plain(await ask_code(play, asker, f"+1555765432{last}")).startswith(ASKED)
    assert "No more codes" in plain(await ask_code(play, asker, OWNER))
    await play.run("update codes set asked_at = now() - interval '61 minutes'")
    assert plain(await ask_code(play, asker, OWNER)).startswith(ASKED)


async def test_one_number_gets_three_codes_an_hour_whoever_asks(play: Stage, asker: str) -> None:
    for number in range(AN_HOUR):
        await ask_code(play, await visitor(play, f"visitor {number}"), OWNER)
    await send_codes(play)
    assert "No more codes" in plain(await ask_code(play, asker, OWNER))
    assert len([text for text in await play.out(OWNER) if "is your code" in text]) == AN_HOUR


async def test_people_read_that_a_code_was_sent_and_not_which(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    (said,) = await play.rows("select text from messages where content->>'response' = 'utter_house_code'")
    assert "123456" not in said.text
    assert "is your code" in said.text
    kept = await play.rows("select c::text as all from codes c")
    assert all("123456" not in row.all and "5551230001" not in row.all for row in kept)


async def test_a_code_that_is_over_is_taken_out_of_what_was_sent(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    await play.run("update codes set asked_at = now() - interval '601 seconds'")
    async with play.house.engines.web.begin() as conn:
        await forget_old(conn, lives_s=600, kept_s=7_200)
    assert [text for text in await play.out(OWNER) if "123456" in text] == []
    (row,) = await play.rows("select status from outbox where part->>'text' = ''")
    assert row.status == "failed"
    assert await play.rows("select 1 from codes where code_digest is not null") == []


async def test_words_that_came_with_a_code_are_answered(play: Stage, asker: str) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    await play.receive("123456", sender=asker)
    said = await play.turn("where is my order?", sender=asker)
    assert "that is right" in said[-2]
    assert said[-1] == "ack where is my order?"


async def test_the_number_that_was_proved_speaks_for_the_asker_while_the_link_stands(
    play: Stage, asker: str
) -> None:
    await ask_code(play, asker, OWNER)
    await send_codes(play)
    await play.turn("123456", sender=asker)
    await carry_out(play)
    await play.turn("where is my order?", sender=asker)
    facts = play.rasa.seen[-1]["message"]["metadata"]["onethread"]
    assert (facts["phone"], facts["trust"]) == (OWNER, "proved")
    await play.run("update links set status = 'undone'")
    await play.turn("and now?", sender=asker)
    facts = play.rasa.seen[-1]["message"]["metadata"]["onethread"]
    assert (facts["phone"], facts["trust"]) == (None, "anonymous")
