from __future__ import annotations

import base64

import pytest
from pydantic import SecretStr

from connectors._shared.twilio.media import locate
from connectors._shared.twilio.settings import API_URL, TwilioSettings
from connectors.contract import Final, MediaRef

SID = "AC" + "1" * 32
PATH = f"/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"


def settings(api_url: str = API_URL) -> TwilioSettings:
    return TwilioSettings(
        account_sid=SID,
        auth_token=SecretStr("a-token"),
        sender="+15550009000",
        api_url=api_url,
        public_url="https://shop.example",
    )


@pytest.mark.parametrize("host", ["https://api.twilio.com", "https://api.dublin.ie1.twilio.com"])
def test_a_file_is_asked_for_with_the_accounts_credentials(host: str) -> None:
    source = locate(settings(), MediaRef(host + PATH, "image/jpeg"))
    assert source.url == host + PATH
    assert source.hosts[0] == host.removeprefix("https://")
    login = base64.b64encode(f"{SID}:a-token".encode()).decode()
    assert source.headers == {"Authorization": f"Basic {login}"}
    assert "a-token" not in repr(source)
    assert login not in repr(source)


def test_a_fake_may_stand_anywhere_and_leads_nowhere_else() -> None:
    api = "http://127.0.0.1:8810/twilio"
    source = locate(settings(api), MediaRef(api + PATH, "image/jpeg"))
    assert (source.url, source.hosts) == (api + PATH, ("127.0.0.1:8810",))


@pytest.mark.parametrize(
    "url",
    [
        "http://internal.example/file.png",
        "http://169.254.169.254/latest/meta-data",
        f"http://api.twilio.com{PATH}",
        f"https://api.twilio.com.evil.example{PATH}",
        f"https://api.twilio.com:8443{PATH}",
        f"https://api.twilio.com@evil.example{PATH}",
        f"https://evil.example/api.twilio.com{PATH}",
        f"https://evil.example#.api.twilio.com{PATH}",
        f"https://mms.twiliocdn.com{PATH}",
        f"https://api.twilio.com{PATH.replace(SID, 'AC2')}",
        f"https://api.twilio.com{PATH}/../../../../Keys.json",
        f"https://api.twilio.com{PATH}?x=1",
        f"https://api.twilio.com/2010-04-01/Accounts/{SID}.json",
        f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/%2e%2e/Media/ME1",
        "file:///etc/passwd",
        "",
    ],
)
@pytest.mark.parametrize("api_url", [API_URL, "http://127.0.0.1:8810"])
def test_any_other_address_is_refused_for_good(url: str, api_url: str) -> None:
    with pytest.raises(Final):
        locate(settings(api_url), MediaRef(url, "image/png"))


def test_a_host_that_only_begins_like_the_fake_is_refused() -> None:
    for api in ("http://127.0.0.1:88100", "http://127.0.0.1:8810@evil.example", "http://127.0.0.1:8810.evil"):
        with pytest.raises(Final):
            locate(settings("http://127.0.0.1:8810"), MediaRef(api + PATH, "image/png"))
