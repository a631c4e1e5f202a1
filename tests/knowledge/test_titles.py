from pathlib import Path

import pytest

from onethread.knowledge.titles import TitleFiles, read_titles


def test_titles_are_read_again_when_the_file_changes(tmp_path: Path) -> None:
    titles = TitleFiles(tmp_path)
    assert titles("en") == {}
    (tmp_path / "en.yml").write_text("invoice: Get an invoice\n")
    assert titles("en") == {"invoice": "Get an invoice"}
    (tmp_path / "en.yml").write_text("invoice: An invoice\n")
    assert titles("en") == {"invoice": "An invoice"}


def test_a_wrong_file_leaves_the_last_good_titles(tmp_path: Path) -> None:
    titles = TitleFiles(tmp_path)
    (tmp_path / "en.yml").write_text("invoice: Get an invoice\n")
    assert titles("en")
    (tmp_path / "en.yml").write_text("- nonsense")
    assert titles("en") == {"invoice": "Get an invoice"}


def test_a_language_without_titles_shows_english_ones(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("invoice: Get an invoice\n")
    (tmp_path.parent / "outside.yml").write_text("invoice: Stolen\n")
    titles = TitleFiles(tmp_path)
    assert titles("ro") == titles("../outside") == {"invoice": "Get an invoice"}


@pytest.mark.parametrize("text", ["- a", "invoice: 1", "invoice: ''", f"invoice: {'x' * 21}", "a: [", "x"])
def test_titles_that_do_not_fit_a_button_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "en.yml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"title|lines|YAML"):
        read_titles(path)
