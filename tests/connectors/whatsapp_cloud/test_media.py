"""Where Meta's files are: asked for by id, fetched with the token, and from Meta alone."""

from __future__ import annotations

import pytest

from connectors._shared.rest import Answer
from connectors.contract import CredentialsRejected, Final, LocatesMedia, MediaRef
from connectors.whatsapp_cloud.media import source
from connectors.whatsapp_cloud.settings import Settings
from simulator.meta import FakeMeta
from tests.connectors.whatsapp_cloud.door import ENV, NUMBER, door


def fake() -> FakeMeta:
    return FakeMeta(phone_number_id=NUMBER, access_token="an-access-token", app_secret="an-app-secret")


def settings(**changes: str) -> Settings:
    read = Settings.from_env(ENV | changes)
    assert read is not None
    return read


async def test_an_id_becomes_an_address_that_takes_the_token() -> None:
    async with fake() as meta:
        kept = meta.files.put(b"x", "image/png")
        opened = door(WHATSAPP_API_URL=meta.api_url)
        assert isinstance(opened, LocatesMedia)
        found = await opened.locate_media(MediaRef(kept.id, "image/png"))
        await opened.close()
    assert found.url == f"{meta.api_url}/files/{kept.id}"
    assert found.headers == {"Authorization": "Bearer an-access-token"}
    assert found.hosts == (meta.api_url.removeprefix("http://"),)


async def test_a_file_that_meta_deleted_is_gone() -> None:
    async with fake() as meta:
        opened = door(WHATSAPP_API_URL=meta.api_url)
        with pytest.raises(Final, match="does not have the file"):
            await opened.locate_media(MediaRef("123456", "image/png"))
        await opened.close()


async def test_a_token_that_no_longer_works_is_told_as_such() -> None:
    async with fake() as meta:
        opened = door(WHATSAPP_API_URL=meta.api_url, WHATSAPP_ACCESS_TOKEN="another")
        with pytest.raises(CredentialsRejected):
            await opened.locate_media(MediaRef("123456", "image/png"))
        await opened.close()


def test_the_token_goes_to_metas_file_host_alone() -> None:
    answer = Answer(200, None, {"url": "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"})
    found = source(answer, settings())
    assert found.hosts[0] == "lookaside.fbsbx.com"
    assert "graph.facebook.com" not in found.hosts
    assert "an-access-token" not in repr(found)


def test_an_answer_without_an_address_is_final() -> None:
    with pytest.raises(Final):
        source(Answer(200, None, {}), settings())
