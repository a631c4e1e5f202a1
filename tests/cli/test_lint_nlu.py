"""The training data linter, on small data and on our own."""

from pathlib import Path

import pytest

from onethread.cli.lint_nlu import Example, find_faults, find_leaks, folded, main, read_examples


def many(intent: str, count: int = 80, language: str = "en") -> list[Example]:
    return [Example(f"{intent}.yml", intent, f"{intent} number {n:03d}", (), language) for n in range(count)]


def one(intent: str, text: str, entities: tuple[str, ...] = (), file: str = "") -> Example:
    return Example(file or f"{intent}.yml", intent, text, entities)


def test_sound_data_has_no_fault() -> None:
    assert find_faults([*many("hello"), *many("farewell")], "en") == []


def test_a_double_is_found_whatever_its_case_and_punctuation() -> None:
    data = [*many("hello"), one("hello", "Good day!"), one("hello", "good day")]
    assert find_faults(data, "en") == ["'good day' stands in hello twice"]


def test_a_text_of_two_intents_is_a_contradiction() -> None:
    data = [*many("hello"), *many("farewell"), one("hello", "good day"), one("farewell", "Good day.")]
    assert find_faults(data, "en") == ["'Good day.' stands in farewell also in hello"]


def test_near_copies_across_intents_are_found_and_within_one_are_not() -> None:
    close = one("hello", "a very good and sunny morning to everybody in here")
    other = "a very good and sunny morning to everybody in there"
    data = [*many("hello"), *many("farewell"), close]
    assert find_faults([*data, one("hello", other)], "en") == []
    assert "are near copies" in find_faults([*data, one("farewell", other)], "en")[0]


@pytest.mark.parametrize(("language", "needed"), [("en", 80), ("ro", 50)])
def test_too_few_examples_are_told_by_language(language: str, needed: int) -> None:
    assert find_faults(many("hello", needed, language), language) == []
    assert find_faults(many("hello", needed - 1, language), language) == [
        f"hello has {needed - 1} examples; {needed} are needed"
    ]


def test_out_of_scope_needs_more() -> None:
    assert "250 are needed" in find_faults(many("nlu_fallback", 249), "en")[0]


def test_an_intent_that_outweighs_the_others_is_told() -> None:
    faults = find_faults([*many("a"), *many("b"), *many("c", 300)], "en")
    assert faults == ["c has 300 examples, the median intent 80"]


def test_unknown_entities_and_wrong_files_are_told() -> None:
    data = [*many("hello"), one("hello", "from Rome", ("city",)), one("hello", "salve", file="farewell.yml")]
    assert find_faults(data, "en") == [
        "'from Rome' names an unknown entity city",
        "'salve' of hello stands in farewell.yml",
    ]


def test_a_held_out_text_must_not_be_trained_on() -> None:
    data = [one("hello", "A fine day, sir"), one("hello", "hi")]
    assert find_leaks(data, ["a fine day sir!", "hi"]) == [
        "'A fine day, sir' of hello.yml is held out for measuring"
    ]


def test_a_near_copy_of_a_held_out_text_must_not_be_trained_on() -> None:
    data = [one("hello", "we wish you all a very fine and sunny morning today")]
    leaks = find_leaks(data, ["we wish you all a very fine and sunny mornin today"])
    assert len(leaks) == 1
    assert "is nearly" in leaks[0]


def test_a_held_out_chinese_text_counts_without_spaces() -> None:
    data = [one("hello", "祝大家今天愉快"), one("hello", "你好")]
    assert find_leaks(data, ["祝大家今天愉快！", "你好"]) == [
        "'祝大家今天愉快' of hello.yml is held out for measuring"
    ]


def test_a_file_must_name_the_language_of_its_folder() -> None:
    assert find_faults(many("hello"), "ro") == [
        "hello.yml says that it is in 'en': metadata: language: ro",
    ]


def test_the_language_is_read_from_the_file(tmp_path: Path) -> None:
    text = "nlu:\n  - intent: hello\n    metadata:\n      language: ro\n    examples: |\n      - salve\n"
    (tmp_path / "hello.yml").write_text(text)
    assert [example.language for example in read_examples(tmp_path)] == ["ro"]


def test_annotations_are_taken_off(tmp_path: Path) -> None:
    text = (
        "nlu:\n  - intent: hello\n    examples: |\n      - it is [1042](order_number) of [a@b.org](email)\n"
    )
    (tmp_path / "hello.yml").write_text(text + "  - lookup: colour\n    examples: |\n      - red\n")
    assert list(read_examples(tmp_path)) == [
        Example("hello.yml", "hello", "it is 1042 of a@b.org", ("order_number", "email"))
    ]


def test_folding_keeps_what_has_no_letters() -> None:
    assert folded("?!") == "?!"
    assert folded("Ok, 👍") == "ok 👍"


def test_our_own_training_data_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0, capsys.readouterr().out


def test_a_missing_folder_is_wrong_use(tmp_path: Path) -> None:
    assert main([str(tmp_path / "none")]) == 2
