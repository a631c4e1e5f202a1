"""`onethread replay` shows what nobody answered and puts it back."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from onethread.cli import replay
from onethread.storage.engine import database_url as ours


@pytest.fixture
def dead(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in {
        "DATABASE_URL": database_url,
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "ONETHREAD_SECRET_KEY": "s" * 40,
        "ONETHREAD_INTERNAL_SECRET": "i" * 20,
    }.items():
        monkeypatch.setenv(name, value)
    _run(
        database_url,
        "insert into inbox (connector, account, provider_message_id, address_key, kind, text, status, error)"
        " values ('fake', 'default', 'm1', '+15551230001', 'text', 'private words', 'dead', 'attempts'),"
        " ('fake', 'default', 'm2', '+15551230001', 'text', 'more', 'dead', 'attempts'),"
        " ('fake', 'default', 'u1', '', 'unsupported', '', 'dead', 'payload invalid')",
    )
    return database_url


def _run(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(ours(url))
    with engine.begin() as conn:
        done = conn.execute(text(statement))
        rows = [tuple(row) for row in done] if done.returns_rows else []
    engine.dispose()
    return rows


def test_dead_rows_are_listed_without_what_was_said(dead: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main([]) == 0
    told = capsys.readouterr().out
    assert told.count("fake/default") == 3
    assert "cannot be replayed" in told
    assert "private words" not in told
    assert "+1555" not in told


def test_one_or_all_readable_rows_go_back(dead: str, capsys: pytest.CaptureFixture[str]) -> None:
    (first,) = _run(dead, "select id from inbox where provider_message_id = 'm1'")
    assert replay.main([str(first[0])]) == 0
    assert _run(dead, "select count(*) from inbox where status = 'pending'") == [(1,)]
    assert replay.main(["--all"]) == 0
    assert _run(dead, "select status from inbox order by id") == [("pending",), ("pending",), ("dead",)]
    assert replay.main(["--all"]) == 1
    assert "0 message(s)" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["x"], ["--all", "1"], ["--help"]])
def test_wrong_use_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main(words) == 2
    assert "usage" in capsys.readouterr().err
