"""Links that open one file for whoever has them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from onethread.media.links import LIVES_S, Links

NOW = 1_790_000_000.0
FILE = UUID("01997b2e-5d40-7c3a-9f1e-2b7d6c5a4f30")


def links(now: float = NOW, secret: str = "a" * 32) -> Links:
    return Links(secret, "https://shop.example", clock=lambda: now)


def parts(url: str) -> tuple[str, str]:
    query = parse_qs(urlsplit(url).query)
    return query["e"][0], query["s"][0]


def test_a_link_opens_its_file_until_its_time_is_over() -> None:
    url = links().url(FILE)
    assert url.startswith(f"https://shop.example/media/{FILE}?e=")
    assert links().opens(FILE, *parts(url))
    assert links(NOW + LIVES_S - 1).opens(FILE, *parts(url))
    assert not links(NOW + LIVES_S).opens(FILE, *parts(url))


def test_a_link_outlives_every_try_to_send_it() -> None:
    assert LIVES_S >= 7 * 24 * 3600


def test_nothing_of_a_link_can_be_changed() -> None:
    expires, signature = parts(links().url(FILE))
    for other in (
        (uuid4(), expires, signature),
        (FILE, str(int(expires) + 1), signature),
        (FILE, expires, signature[:-1]),
        (FILE, expires, ""),
        (FILE, "", signature),
        (FILE, "9" * 40, signature),
        (FILE, "-1", signature),
        (FILE, "١٢", signature),
        (FILE, expires, "ü"),
    ):
        assert not links().opens(*other)
    assert not links(secret="b" * 32).opens(FILE, expires, signature)
