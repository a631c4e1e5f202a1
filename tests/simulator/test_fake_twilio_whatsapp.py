"""The fake keeps Twilio's rules for WhatsApp, so that what passes here is worth something."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import httpx
import pytest
from twilio.request_validator import RequestValidator

from simulator.acts import Act, ActRefused, Deed
from simulator.http import HttpServer, Request, Response
from simulator.twilio import FakeTwilio, Said

SID, TOKEN, SHOP, ANN = "AC" + "3" * 32, "a-token", "whatsapp:+15550009001", "whatsapp:+15551230001"
BUTTONS = {
    "types": {
        "twilio/quick-reply": {
            "body": "{{1}}",
            "actions": [{"type": "QUICK_REPLY", "title": "Yes", "id": "{{2}}"}],
        }
    }
}
LIST = {
    "types": {
        "twilio/list-picker": {
            "body": "Which?",
            "button": "Open",
            "items": [{"item": "One", "id": "a"}, {"item": "Two", "id": "b"}],
        }
    }
}


class House:
    """Writes down what Twilio posts."""

    def __init__(self) -> None:
        self.heard: list[Request] = []

    async def __call__(self, request: Request) -> Response:
        self.heard.append(request)
        return Response(200)

    def forms(self) -> list[dict[str, str]]:
        bodies = [parse_qs(request.body.decode(), keep_blank_values=True) for request in self.heard]
        return [{name: values[0] for name, values in body.items()} for body in bodies]

    def states(self) -> list[tuple[str, str]]:
        return [
            (form["MessageStatus"], form.get("ErrorCode", ""))
            for form in self.forms()
            if "MessageStatus" in form
        ]


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
        number="+15550009000",
        whatsapp=SHOP,
        house_url="https://shop.example",
        deliver_to=f"http://127.0.0.1:{web.port}",
    ) as fake:
        yield fake
    await web.stop()


@pytest.fixture
async def api(twilio: FakeTwilio) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=twilio.api_url, auth=(SID, TOKEN), trust_env=False) as client:
        yield client


async def create(api: httpx.AsyncClient, **form: str) -> httpx.Response:
    callback = "https://shop.example/webhooks/twilio_whatsapp/default?oid=1"
    wanted = {"To": ANN, "From": SHOP, "StatusCallback": callback}
    said = {} if "ContentSid" in form else {"Body": "hello"}
    return await api.post(f"/2010-04-01/Accounts/{SID}/Messages.json", data=wanted | said | form)


async def make(api: httpx.AsyncClient, content: object) -> str:
    answer = await api.post("/v1/Content", json=content)
    assert answer.status_code == 201
    return str(answer.json()["sid"])


async def test_a_message_reaches_its_door_signed_and_in_whatsapps_words(
    twilio: FakeTwilio, house: House
) -> None:
    twilio.names[ANN] = "Ann"
    assert await twilio.send_whatsapp("+15551230001", "hi there") == 200
    (request,), (form,) = house.heard, house.forms()
    assert request.path == "/webhooks/twilio_whatsapp/default"
    assert (form["From"], form["To"], form["WaId"], form["ProfileName"]) == (ANN, SHOP, "15551230001", "Ann")
    assert json.loads(form["ChannelMetadata"])["data"]["context"]["ProfileName"] == "Ann"
    assert RequestValidator(TOKEN).validate(
        f"https://shop.example{request.path}", form, request.headers["x-twilio-signature"]
    )


async def test_somebody_without_a_number_has_none(twilio: FakeTwilio, house: House) -> None:
    await twilio.send_whatsapp("US.1349", "hi")
    (form,) = house.forms()
    assert (form["From"], form["ExternalUserId"]) == ("whatsapp:US.1349", "whatsapp:US.1349")
    assert "WaId" not in form


async def test_free_text_is_taken_and_not_delivered_after_24_hours(
    twilio: FakeTwilio, house: House, api: httpx.AsyncClient
) -> None:
    await twilio.send_whatsapp(ANN, "hi")
    await create(api)
    twilio.shift_s = 24 * 3600.0 + 1
    assert (await create(api)).status_code == 201
    await create(api, ContentSid=await make(api, LIST))
    await create(api, ContentSid=twilio.contents.approve("Hello again"))
    await twilio.reported()
    assert sorted(house.states()) == sorted(
        [*[("sent", ""), ("delivered", ""), ("read", "")] * 2, *[("failed", "63016")] * 2]
    )


async def test_whoever_blocked_the_shop_gets_nothing(
    twilio: FakeTwilio, house: House, api: httpx.AsyncClient
) -> None:
    await twilio.send_whatsapp(ANN, "hi")
    assert await twilio.act(ANN, Act(Deed.BLOCK)) == 0
    await create(api)
    await twilio.reported()
    assert house.states() == [("failed", "63014")]
    await twilio.act(ANN, Act(Deed.UNBLOCK))
    await create(api)
    await twilio.reported()
    assert house.states()[-1] == ("read", "")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": "whatsapp:+15550000000"}, 63007),
        ({"From": "+15550009000"}, 63007),
        ({"To": "+15551230001"}, 21211),
        ({"Body": " "}, 21602),
        ({"Body": "a" * 1601}, 21617),
        ({"ContentSid": "HX0"}, 21655),
    ],
)
async def test_what_twilio_refuses_is_refused(
    twilio: FakeTwilio, api: httpx.AsyncClient, form: dict[str, str], code: int
) -> None:
    answer = await create(api, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert twilio.sent == []


async def test_stop_is_the_houses_to_answer_until_advanced_opt_out_is_on(
    twilio: FakeTwilio, house: House, api: httpx.AsyncClient
) -> None:
    await twilio.send_whatsapp(ANN, "STOP")
    assert (await create(api)).status_code == 201
    twilio.advanced_opt_out = True
    await twilio.send_whatsapp(ANN, "STOP")
    assert (await create(api)).json()["code"] == 21610
    assert [form.get("OptOutType") for form in house.forms() if "Body" in form] == [None, "STOP"]
    assert twilio.thread(ANN).shut == "stopped"


async def test_a_template_is_made_fetched_filled_and_tapped(
    twilio: FakeTwilio, house: House, api: httpx.AsyncClient
) -> None:
    await twilio.send_whatsapp(ANN, "hi")
    sid = await make(api, BUTTONS)
    assert (await api.get(f"/v1/Content/{sid}")).json()["types"] == BUTTONS["types"]
    assert (await api.get("/v1/Content/HX0")).status_code == 404
    await create(api, ContentSid=sid, ContentVariables='{"1": "Is it you?", "2": "m1.1"}')
    (message,) = twilio.sent
    assert (message.body, message.choices[0].id, message.choices[0].label) == ("Is it you?", "m1.1", "Yes")
    await twilio.act(ANN, Act(Deed.TAP, bubble=message.sid, choice="m1.1"))
    await create(api, ContentSid=await make(api, LIST))
    await twilio.tap(twilio.sent[1], 2)
    with pytest.raises(ActRefused):
        await twilio.act(ANN, Act(Deed.TAP, bubble=message.sid, choice="m9.9"))
    tapped, chosen = [form for form in house.forms() if form.get("MessageType") == "interactive"]
    assert (tapped["ButtonPayload"], tapped["ButtonText"], tapped["Body"]) == ("m1.1", "Yes", "Yes")
    assert tapped["OriginalRepliedMessageSid"] == message.sid
    assert (chosen["ListId"], chosen["ListTitle"]) == ("b", "Two")


@pytest.mark.parametrize(
    "variables",
    [
        "",
        "{",
        "[]",
        '{"1": "text"}',
        '{"1": "", "2": "m1.1"}',
        '{"1": null, "2": "m1.1"}',
        '{"1": "it\'s", "2": "m1.1"}',
        json.dumps({"1": "a" * 256, "2": "m1.1"}),
    ],
)
async def test_variables_that_do_not_fit_are_refused(
    twilio: FakeTwilio, api: httpx.AsyncClient, variables: str
) -> None:
    answer = await create(api, ContentSid=await make(api, BUTTONS), ContentVariables=variables)
    assert answer.json()["code"] == 21656
    assert twilio.sent == []


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("twilio/quick-reply", {"actions": []}),
        ("twilio/quick-reply", {"actions": [{"title": "a" * 21, "id": "1"}]}),
        ("twilio/quick-reply", {"actions": [{"title": "a", "id": "1"}], "body": "a" * 1025}),
        ("twilio/quick-reply", {"actions": [{"title": "a", "id": "1"}], "body": ""}),
        ("twilio/list-picker", {"button": "b", "items": []}),
        ("twilio/list-picker", {"button": "", "items": [{"item": "a", "id": "1"}]}),
        ("twilio/list-picker", {"button": "b", "items": [{"item": "a" * 25, "id": "1"}]}),
        ("twilio/list-picker", {"button": "b", "items": [{"item": "a", "id": "1"}] * 11}),
        ("twilio/unheard-of", {}),
    ],
)
async def test_a_template_over_a_limit_is_not_made(
    api: httpx.AsyncClient, kind: str, content: dict[str, object]
) -> None:
    made = {"types": {kind: {"body": "?", **content}}}
    assert (await api.post("/v1/Content", json=made)).status_code == 400
    assert (await api.post("/v1/Content", json={})).status_code == 400


async def test_a_file_is_read_with_the_accounts_credentials_only(
    twilio: FakeTwilio, house: House, api: httpx.AsyncClient
) -> None:
    kept = twilio.files.put(b"%PDF-", "application/pdf", "bill.pdf")
    await twilio.act(ANN, Act(Deed.MEDIA, "the bill", file=kept.id))
    (form,) = house.forms()
    assert (form["MediaContentType0"], form["MessageType"], form["Body"]) == (
        "application/pdf",
        "document",
        "the bill",
    )
    async with httpx.AsyncClient(trust_env=False) as anybody:
        assert (await anybody.get(form["MediaUrl0"])).status_code == 401
        led = await api.get(form["MediaUrl0"])
        assert led.status_code == 307
        assert (await anybody.get(led.headers["location"])).content == b"%PDF-"


async def test_the_list_has_both_directions_in_pages_and_the_files_of_each(
    twilio: FakeTwilio, api: httpx.AsyncClient
) -> None:
    await twilio.send_whatsapp(ANN, "one")
    await create(api, Body="two")
    await twilio.act(ANN, Act(Deed.MEDIA, "three"))
    path = f"/2010-04-01/Accounts/{SID}/Messages.json"
    first = (await api.get(path, params={"PageSize": "2"})).json()
    second = (await api.get(first["next_page_uri"])).json()
    found = [*first["messages"], *second["messages"]]
    assert [message["body"] for message in found] == ["three", "two", "one"]
    assert [message["direction"] for message in found] == ["inbound", "outbound-api", "inbound"]
    assert second["next_page_uri"] is None
    folder = f"/2010-04-01/Accounts/{SID}/Messages/{found[0]['sid']}"
    (file,) = (await api.get(f"{folder}/Media.json")).json()["media_list"]
    assert file["content_type"] == "image/png"
    to_shop = (await api.get(path, params={"To": SHOP, "DateSent>": "2999-01-01"})).json()
    assert to_shop["messages"] == []


async def test_every_deed_of_a_phone_is_told_or_refused(twilio: FakeTwilio, house: House) -> None:
    await twilio.act(ANN, Act(Deed.LOCATION, name="Home", latitude=44.4, longitude=26.1))
    await twilio.act(ANN, Act(Deed.CONTACT, phone="+15551230002", name="Ben"))
    await twilio.act(ANN, Act(Deed.STICKER))
    await twilio.act(ANN, Act(Deed.UNSUPPORTED))
    place, card, sticker, unknown = house.forms()
    assert (place["Latitude"], place["Longitude"], place["Label"]) == ("44.4", "26.1", "Home")
    assert (card["MediaContentType0"], sticker["MessageType"]) == ("text/vcard", "sticker")
    assert unknown["MessageType"] == "unsupported"
    for deed in (Deed.REACTION, Deed.EDIT, Deed.REVOKE):
        with pytest.raises(ActRefused):
            await twilio.act(ANN, Act(deed, bubble="SM1"))


async def test_typing_reads_a_message_that_is_there(twilio: FakeTwilio, api: httpx.AsyncClient) -> None:
    await twilio.send_whatsapp(ANN, Said("hi"))
    form = {"messageId": twilio.heard[0].sid, "channel": "whatsapp"}
    assert (await api.post("/v2/Indicators/Typing.json", data=form)).json() == {"success": True}
    assert twilio.thread(ANN).bubbles[0].state == "read"
    assert twilio.thread(ANN).typing_until > twilio.clock()
    for wrong in ({"messageId": "SM0"}, {"channel": "sms"}):
        assert (await api.post("/v2/Indicators/Typing.json", data=form | wrong)).status_code == 400
