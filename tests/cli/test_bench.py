"""The dispatcher of `bench`."""

from __future__ import annotations

import pytest

from onethread.cli import bench


def test_every_measurement_of_this_version_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "turn" in bench.available()
    assert all(name in shown for name in bench.available())


def test_an_unknown_measurement_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["everything"]) == 2
    assert "no measurement 'everything'" in capsys.readouterr().err
