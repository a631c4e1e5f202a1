"""Only a whole message that is a STOP word stops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from connectors.contract import Consent
from onethread.ingress.words import (
    OPT_OUT,
    WordsWrong,
    asks_to_stop,
    consent_word,
    language_of_stop,
    local_stops,
    read_stops,
    resumes,
)

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = [
    "stop",
    "stopall",
    "unsubscribe",
    "end",
    "quit",
    "cancel",
    "revoke",
    "optout",
    "opt-out",
    "opt out",
]


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", " Stop. ", "UNSUBSCRIBE", "end", "Quit!", "STOPALL", "revoke", "OPTOUT", "cancel"],
)
def test_a_lone_stop_word_stops(text: str) -> None:
    assert consent_word(text) == Consent.STOP


@pytest.mark.parametrize("text", ["please stop", "cancel my order", "stop!! late", "", "yes", "1042", "help"])
def test_a_sentence_is_a_sentence(text: str) -> None:
    assert consent_word(text) is None


def test_yes_resumes_only_in_answer_to_a_stop() -> None:
    assert consent_word("YES") is None
    assert resumes("yes")
    assert resumes("START")
    assert consent_word("unstop") == Consent.START


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me",
        "where is my order 1042? And STOP TEXTING ME",
        "Stop sending me messages",
        "don\u2019t message me again",
        "do not text me anymore",
        "unsubscribe me",
        "take me off your list",
    ],
)
def test_a_plain_request_stops_whatever_else_is_said(text: str) -> None:
    assert asks_to_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "when do you stop sending orders to Canada?",
        "can you text me when it is here",
        "I stopped writing to the carrier",
        "please don't contact me by phone",
        "stop",
        "do you have a mailing list",
        "the driver did not text me",
    ],
)
def test_other_sentences_are_left_to_the_assistant(text: str) -> None:
    assert not asks_to_stop(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Dezabonare", "ro"),
        ("dezabonati-ma!", "ro"),
        ("DEZABONAȚI MĂ", "ro"),
        ("nu-mi mai scrieti.", "ro"),
        ("СТОП", "ru"),
        ("Отпишите меня!!!", "ru"),
        ("не пишите мне больше.", "ru"),
        ("退订", "zh"),
        ("td", "zh"),
        ("ＴＤ。", "zh"),
        ("取消訂閱", "zh"),
    ],
)
def test_each_language_has_words_of_its_own(text: str, language: str) -> None:
    assert consent_word(text) == Consent.STOP
    assert language_of_stop(text) == language


@pytest.mark.parametrize("word", ENGLISH)
def test_the_words_of_the_law_count_whatever_the_lists_say(word: str) -> None:
    assert consent_word(word.upper()) == Consent.STOP
    assert language_of_stop(word) is None


@pytest.mark.parametrize(
    "text",
    [
        "anulare",
        "vreau să anulez comanda",
        "nu mai trimiteți coletul",
        "stop, am greșit numărul",
        "отмена",
        "отменить заказ",
        "стоп, я ошибся",
        "取消",
        "取消订单",
        "退货",
        "不要了",
        "t",
        "n",
        "stop " * 40,
    ],
)
def test_what_may_be_said_about_an_order_does_not_stop(text: str) -> None:
    assert consent_word(text) is None
    assert language_of_stop(text) is None


def test_no_example_of_another_wish_is_a_stop_word() -> None:
    assert local_stops()
    taken = [
        f"{path.parent.name}/{intent}: {text}"
        for path, intent, text in _examples()
        if intent != "opt_out" and language_of_stop(text) is not None
    ]
    assert taken == []


def _examples() -> Iterator[tuple[Path, str, str]]:
    for path in sorted((ROOT / "data" / "nlu").glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in str(block.get("examples", "")).splitlines():
                if "intent" in block:
                    text = re.sub(r"\[([^\]]*)\][({][^)}]*[)}]", r"\1", line.removeprefix("- "))
                    yield path, block["intent"], text


def test_every_list_is_of_a_language_we_write() -> None:
    assert sorted(path.stem for path in OPT_OUT.glob("*.yml")) == ["ro", "ru", "zh"]


@pytest.mark.parametrize("text", ["a: b", "- [x]", "- no", "- ''", "- '...'", "just words", "- a: ["])
def test_a_list_that_cannot_be_read_is_told_with_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "ro.yml").write_text(text, "utf-8")
    with pytest.raises(WordsWrong, match=r"ro\.yml"):
        read_stops(tmp_path)


def test_a_word_in_two_lists_is_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "ro.yml").write_text("- Destul", "utf-8")
    (tmp_path / "zz.yml").write_text("- destul\n- gata", "utf-8")
    assert read_stops(tmp_path) == {"destul": "ro", "gata": "zz"}
