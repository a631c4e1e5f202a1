"""Summing up two runs of pytest."""

import pytest

from onethread.cli.test import count, suites


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12 passed in 0.52s", {"passed": 12}),
        ("===== 1 failed, 10 passed, 2 skipped, 1 warning in 63.10s (0:01:03) =====",
         {"failed": 1, "passed": 10, "skipped": 2}),
        ("\x1b[32m\x1b[1m3 passed\x1b[0m, \x1b[33m1 xfailed\x1b[0m in 2.00s", {"passed": 3, "skipped": 1}),
        ("2 errors in 0.10s", {"failed": 2}),
        ("a test printed: 5 passed", {}),
        ("5 passed, which a test printed", {}),
    ],
)  # fmt: skip
def test_only_a_closing_line_is_counted(line: str, expected: dict[str, int]) -> None:
    assert dict(count(line)) == expected


def test_the_house_comes_last_so_that_its_line_is_near_the_sum() -> None:
    names = [suite.name for suite in suites(quick=False, rest=[])]
    assert names == ["Rasa's room (Python 3.10)", "The house"]


def test_quick_leaves_the_slow_ones_out_everywhere() -> None:
    assert all("not slow" in suite.argv for suite in suites(quick=True, rest=[]))


def test_paths_of_ones_own_go_to_the_house_alone() -> None:
    (only,) = suites(quick=False, rest=["tests/cli", "-x"])
    assert only.argv[-2:] == ("tests/cli", "-x")
