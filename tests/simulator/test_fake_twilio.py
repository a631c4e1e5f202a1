"""The fake keeps Twilio's rules, so that what passes here is worth something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import httpx
import pytest
from twilio.request_validator import RequestValidator

from simulator.http import HttpServer, Request, Response
from simulator.twilio import FakeTwilio

SID, TOKEN, SHOP, ANN = "AC" + "3" * 32, "a-token", "+15550009000", "+15551230001"


class House:
    """Writes down what Twilio posts, and answers `status`."""

    def __init__(self) -> None:
        self.heard: list[Request] = []
        self.status = 200

    async def __call__(self, request: Request) -> Response:
        self.heard.append(request)
        return Response(self.status)

    def states(self) -> list[str]:
        return [fields["MessageStatus"][0] for fields in self.forms() if "MessageStatus" in fields]

    def forms(self) -> list[dict[str, list[str]]]:
        return [parse_qs(request.body.decode(), keep_blank_values=True) for request in self.heard]


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def twilio(house: House) -> AsyncIterator[FakeTwilio]:
    web = HttpServer(house)
    await web.start("127.0.0.1", 0)
    async with FakeTwilio(
        account_sid=SID,
        auth_token=TOKEN,
        number=SHOP,
        house_url="https://shop.example",
        deliver_to=f"http://127.0.0.1:{web.port}",
    ) as fake:
        yield fake
    await web.stop()


async def create(twilio: FakeTwilio, token: str = TOKEN, **form: str) -> httpx.Response:
    wanted = {
        "To": ANN,
        "From": SHOP,
        "Body": "hello",
        "StatusCallback": "https://shop.example/webhooks/twilio_sms/default?oid=1",
    }
    async with httpx.AsyncClient(base_url=twilio.api_url, auth=(SID, token), trust_env=False) as client:
        return await client.post(f"/2010-04-01/Accounts/{SID}/Messages.json", data=wanted | form)


async def test_an_sms_reaches_the_house_signed_for_its_public_url(twilio: FakeTwilio, house: House) -> None:
    assert await twilio.send_sms(ANN, "hi there") == 200
    (request,) = house.heard
    fields = {key: values[0] for key, values in house.forms()[0].items()}
    assert (fields["From"], fields["To"], fields["Body"], fields["FromCity"]) == (ANN, SHOP, "hi there", "")
    assert RequestValidator(TOKEN).validate(
        f"https://shop.example{request.path}", fields, request.headers["x-twilio-signature"]
    )


async def test_a_house_that_is_away_is_told_as_such(twilio: FakeTwilio, house: House) -> None:
    house.status = 503
    assert await twilio.send_sms(ANN, "hi") == 503
    twilio.deliver_to = "http://127.0.0.1:9"
    assert await twilio.send_sms(ANN, "hi") == 0


async def test_a_message_is_taken_and_its_states_are_reported_in_order(
    twilio: FakeTwilio, house: House
) -> None:
    answer = await create(twilio)
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    await twilio.reported()
    assert house.states() == ["sent", "delivered"]
    assert house.heard[0].query == {"oid": "1"}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": "+15550000000"}, 21606),
        ({"To": "nobody"}, 21211),
        ({"Body": " "}, 21602),
        ({"Body": "a" * 1601}, 21617),
        ({"Body": "😀" * 801}, 21617),
    ],
)
async def test_what_twilio_refuses_is_refused(twilio: FakeTwilio, form: dict[str, str], code: int) -> None:
    answer = await create(twilio, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert twilio.sent == []


async def test_wrong_credentials_are_refused(twilio: FakeTwilio) -> None:
    answer = await create(twilio, token="wrong")
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


async def test_the_carrier_hears_stop_and_start_itself(twilio: FakeTwilio, house: House) -> None:
    await twilio.send_sms(ANN, "STOP")
    assert (await create(twilio)).json()["code"] == 21610
    await twilio.send_sms(ANN, "yes")
    assert (await create(twilio)).status_code == 201
    kinds = [fields["OptOutType"][0] for fields in house.forms() if "OptOutType" in fields]
    assert kinds == ["STOP", "START"]
    assert [bubble.side for bubble in twilio.threads[ANN].bubbles] == [
        "out",
        "carrier",
        "out",
        "carrier",
        "in",
    ]


async def test_yes_is_an_answer_from_somebody_who_had_not_stopped(twilio: FakeTwilio, house: House) -> None:
    await twilio.send_sms(ANN, "yes")
    assert "OptOutType" not in house.forms()[0]


async def test_the_list_has_the_newest_first(twilio: FakeTwilio) -> None:
    for body in ("one", "two"):
        await create(twilio, Body=body)
    async with httpx.AsyncClient(base_url=twilio.api_url, auth=(SID, TOKEN), trust_env=False) as client:
        page = await client.get(f"/2010-04-01/Accounts/{SID}/Messages.json", params={"To": ANN})
        other = await client.get(f"/2010-04-01/Accounts/{SID}/Messages.json", params={"To": SHOP})
    assert [message["body"] for message in page.json()["messages"]] == ["two", "one"]
    assert other.json()["messages"] == []


@pytest.mark.parametrize(("kind", "taken"), [("drop_after_accept", 1), ("drop_before_accept", 0)])
async def test_a_dropped_connection_has_no_answer(twilio: FakeTwilio, kind: str, taken: int) -> None:
    twilio.faults.add(kind)
    with pytest.raises(httpx.RemoteProtocolError):
        await create(twilio)
    assert len(twilio.sent) == taken
    assert (await create(twilio)).status_code == 201


async def test_faults_are_used_up_one_by_one(twilio: FakeTwilio) -> None:
    twilio.faults.add("rate_limit", seconds=3)
    twilio.faults.add("server_error", code=502, times=2)
    answers = [await create(twilio) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [429, 502, 502, 201]
    assert answers[0].headers["retry-after"] == "3"


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("callbacks_reversed", ["delivered", "sent"]),
        ("callbacks_doubled", ["sent", "sent", "delivered", "delivered", "sent"]),
        ("undelivered", ["sent", "undelivered"]),
        ("no_callbacks", []),
    ],
)
async def test_states_may_be_reported_wrongly(
    twilio: FakeTwilio, house: House, kind: str, states: list[str]
) -> None:
    twilio.faults.add(kind, code=30005)
    await create(twilio)
    await twilio.reported()
    assert house.states() == states


async def test_states_may_come_before_the_answer(twilio: FakeTwilio, house: House) -> None:
    twilio.faults.add("callbacks_early")
    await create(twilio)
    assert house.states() == ["sent", "delivered"]


async def test_it_is_commanded_over_http(twilio: FakeTwilio, house: House) -> None:
    async with httpx.AsyncClient(base_url=twilio.api_url, trust_env=False) as client:
        assert (await client.post("/control/faults", json={"kind": "server_error"})).status_code == 204
        assert (await create(twilio)).status_code == 500
        assert (await client.post("/control/faults", json={"kind": "gremlins"})).status_code == 400
        sms = await client.post("/control/act", json={"from": ANN, "do": "text", "text": "hi"})
        assert sms.json() == {"status": 200}
        await create(twilio)
        sent = (await client.get("/control/sent")).json()
        assert [(message["body"], message["oid"]) for message in sent] == [("hello", "1")]


async def test_waiting_for_messages_ends(twilio: FakeTwilio) -> None:
    waiting = asyncio.create_task(twilio.wait_for(1))
    await create(twilio)
    assert len(await waiting) == 1
    with pytest.raises(TimeoutError):
        await twilio.wait_for(2, timeout_s=0.05)
