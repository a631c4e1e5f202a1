"""`bench nlu`: what it takes and what it refuses."""

from pathlib import Path

import pytest

from onethread.cli import bench_nlu


def test_rows_are_read_by_the_names_of_the_heading(tmp_path: Path) -> None:
    file = tmp_path / "en.tsv"
    file.write_text('source\tintent\ttext\nown\tgreet\t"hi" there\n', encoding="utf-8")
    assert bench_nlu.read_rows(file) == [('"hi" there', "greet")]


@pytest.mark.parametrize(
    "content", ["", "text\tintent\n", "words\tlabel\nhi\tgreet\n", "text\tintent\nhi\t\n"]
)
def test_a_file_of_another_shape_is_refused_in_a_sentence(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "en.tsv"
    file.write_text(content, encoding="utf-8")
    assert bench_nlu.run([str(file)]) == 1
    assert "must have a heading" in capsys.readouterr().err


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_nlu.run([str(tmp_path / "none.tsv")]) == 1
    assert "cannot be read" in capsys.readouterr().err
