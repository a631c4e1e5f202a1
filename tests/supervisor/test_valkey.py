"""The embedded Valkey: on loopback, with a password, keeping nothing."""

import stat
from pathlib import Path

import pytest
import redis

from onethread.supervisor.valkey import EmbeddedValkey


def test_it_answers_with_its_password_only_and_ends(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / "valkey")
    url = server.start()
    try:
        with redis.Redis.from_url(url) as client:
            assert client.ping()
            assert client.config_get("save") == {"save": ""}
            assert client.config_get("bind") == {"bind": "127.0.0.1"}
        port = int(url.rpartition(":")[2].removesuffix("/0"))
        with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        settings = tmp_path / "valkey" / "valkey.conf"
        assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    finally:
        server.stop()
    with redis.Redis.from_url(url) as client, pytest.raises(redis.ConnectionError):
        client.ping()
    assert not server.pid_path.exists()
