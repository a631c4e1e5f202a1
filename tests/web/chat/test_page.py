"""What a visitor loads: small, compressed, kept; in his language, on our terms."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from connectors.registry import ConnectorsIncomplete
from onethread.web.assets import FOLDER
from onethread.web.chat.frames import LANGUAGES
from onethread.web.chat.routes import language_of
from tests.web.house import Site, make_house, new_port, open_site

MESSAGES = FOLDER / "chat" / "messages"
MOST_BYTES = 30_000


def keys(language: str) -> list[str]:
    """Keys of a catalogue, with a mark where the text is made by a function."""
    source = (MESSAGES / f"{language}.js").read_text(encoding="utf-8")
    exported = source[source.index("export default") :]
    return [
        f"{key}()" if made else key
        for key, made in re.findall(r"^  (\w+): (\(\w[^)]*\) =>)?", exported, re.M)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_exists_in_every_language(language: str) -> None:
    assert keys(language) == keys("en")
    assert len(keys("en")) > 50


def test_every_text_the_page_asks_for_exists() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in (FOLDER / "chat").glob("*.js"))
    template = (FOLDER.parent / "templates" / "chat.html").read_text(encoding="utf-8")
    asked = set(re.findall(r"(?:#|\b)texts\.(?!js)(\w+)", scripts)) | set(
        re.findall(r'data-text="(\w+)"', template)
    )
    assert asked <= {key.removesuffix("()") for key in keys("en")}
    assert "placeholder" in asked and "goOn" in asked


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("", "en"),
        ("ro-RO,en;q=0.8", "ro"),
        ("fr,ru;q=0.5,en;q=0.4", "ru"),
        ("zh-Hant-TW", "zh"),
        ("ru,ro-RO,en;q=0.8", "ru"),
        ("de;q=x,fr", "en"),
    ],
)
def test_the_first_language_that_is_spoken_here_is_taken(wanted: str, language: str) -> None:
    assert language_of(wanted) == language


async def test_the_page_comes_in_the_language_that_is_asked_for(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as http:
        for query, language in (("", "ro"), ("?language=zh", "zh"), ("?language=xx", "ro")):
            page = await http.get(f"/chat{query}", headers={"accept-language": "ro"})
            assert f'<html lang="{language}"' in page.text
        assert 'data-theme="dark"' in (await http.get("/chat?theme=dark")).text
        assert "data-theme" not in (await http.get('/chat?theme="><script>')).text


def parts(page: str, language: str) -> list[str]:
    """Everything a page of this language loads."""
    found = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert any(name.endswith(f"messages/{language}.js") for name in found)
    return found


async def wire_size(http: httpx.AsyncClient, path: str) -> int:
    async with http.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        assert answer.status_code == 200, path
        return sum([len(chunk) async for chunk in answer.aiter_raw()])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_visitor_loads_at_most_thirty_kilobytes(site: Site, language: str) -> None:
    async with httpx.AsyncClient(base_url=site.url) as http:
        page = (await http.get(f"/chat?language={language}")).text
        paths = ["/chat/widget.js", f"/chat?language={language}", *parts(page, language)]
        scripts = {path.relative_to(FOLDER).as_posix() for path in (FOLDER / "chat").glob("*.js")}
        assert {name for name in scripts if any(path.endswith(name) for path in paths)} == scripts
        assert sum([await wire_size(http, path) for path in paths]) <= MOST_BYTES


async def test_what_was_loaded_once_is_not_loaded_again(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as http:
        page = await http.get("/chat")
        script = next(path for path in parts(page.text, "en") if path.endswith("chat.js"))
        for path, kept in (("/chat", "no-cache"), ("/chat/widget.js", "max-age=300"), (script, "immutable")):
            first = await http.get(path)
            assert kept in first.headers["cache-control"]
            assert first.headers["content-encoding"] == "gzip" and "accept-encoding" in first.headers["vary"]
            again = await http.get(path, headers={"if-none-match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            plain = await http.get(path, headers={"accept-encoding": "identity"})
            assert "content-encoding" not in plain.headers and plain.text == first.text
            assert plain.headers["etag"] != first.headers["etag"]


async def test_only_sites_on_the_list_may_frame_the_page(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    house = make_house(
        database_url, redis_url, tmp_path, new_port(), WEBCHAT_EMBED_ORIGINS="https://shop.example.com"
    )
    async with open_site(house) as site, httpx.AsyncClient(base_url=site.url) as http:
        policy = (await http.get("/chat")).headers["content-security-policy"]
        desk = (await http.get("/desk/sign-in")).headers["content-security-policy"]
    await house.close()
    assert "frame-ancestors 'self' https://shop.example.com" in policy
    assert "unsafe" not in policy and "*" not in policy
    assert "frame-ancestors 'none'" in desk


async def test_the_shops_logo_is_shown(database_url: str, redis_url: str, tmp_path: Path) -> None:
    picture = tmp_path / "logo.svg"
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    house = make_house(database_url, redis_url, tmp_path, new_port(), WEBCHAT_LOGO_FILE=str(picture))
    async with open_site(house) as site, httpx.AsyncClient(base_url=site.url) as http:
        (logo,) = re.findall(r'src="(/chat/logo[^"]*)"', (await http.get("/chat")).text)
        shown = await http.get(logo)
    await house.close()
    assert shown.headers["content-type"] == "image/svg+xml" and shown.content == picture.read_bytes()


def test_a_logo_that_is_not_there_stops_the_start(database_url: str, redis_url: str, tmp_path: Path) -> None:
    with pytest.raises(ConnectorsIncomplete, match="WEBCHAT_LOGO_FILE"):
        make_house(database_url, redis_url, tmp_path, new_port(), WEBCHAT_LOGO_FILE="/nowhere/logo.png")
